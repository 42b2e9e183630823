"""The shapes before and after 2025-03-31 say the same: facts are equal but for what only one of them knows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.normalising import normalise, row, rows

# Follows from the content, and the whole invoice of the older shape names its payment.
HASH = ("content_hash",)


def facts(record: stripe.Record, table: str, but: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    left_out = HASH + but
    return [
        {name: cell for name, cell in found.items() if name not in left_out} for found in rows(normalise(record), table)
    ]


@pytest.mark.parametrize("table", ["documents", "document_lines"])
def test_invoices(table: str) -> None:
    old = stripe.event("invoice.paid", stripe.invoice(stripe.line(tax=570), tax=570))
    new = stripe.event("invoice.paid", stripe.invoice(stripe.line(modern=True, tax=570), modern=True, tax=570))
    # Whether it was paid out of band is told by its payment in the newer shape.
    assert facts(old, table, but=("paid_out_of_band",)) == facts(new, table, but=("paid_out_of_band",))
    assert len(facts(new, table)) == 1


@pytest.mark.parametrize("table", ["contracts", "contract_lines", "contract_events"])
def test_subscriptions(table: str) -> None:
    old = stripe.event("customer.subscription.updated", stripe.subscription(), {"status": "trialing"})
    new = stripe.event("customer.subscription.updated", stripe.subscription(modern=True), {"status": "trialing"})
    assert facts(old, table) == facts(new, table)
    assert len(facts(new, table)) == 1


def test_charges() -> None:
    old = stripe.event("charge.succeeded", stripe.charge())
    new = stripe.event("charge.succeeded", stripe.charge(modern=True))
    assert facts(old, "cash", but=("document_id",)) == facts(new, "cash", but=("document_id",))
    assert row(old, "cash")["document_id"] == "stripe:in_1"
    assert row(new, "cash")["document_id"] is None


def test_which_payment_settled_an_invoice() -> None:
    old = row(stripe.event("invoice.paid", stripe.invoice()), "cash_applications")
    new = row(stripe.event("invoice_payment.paid", stripe.invoice_payment()), "cash_applications")
    assert (old["object_id"], old["cash_id"]) == ("stripe:in_1:ch_1", "stripe:ch_1")
    assert (new["object_id"], new["cash_id"]) == ("stripe:inpay_1", "stripe:pi_1")
    for name in ("document_id", "amount", "currency", "effective_at"):
        assert old[name] == new[name]
    assert rows(normalise(stripe.event("invoice.paid", stripe.invoice(modern=True))), "cash_applications") == []


def test_credit_notes() -> None:
    old = stripe.event("credit_note.created", stripe.credit_note())
    new = stripe.event("credit_note.created", stripe.credit_note(modern=True))
    assert facts(old, "documents") == facts(new, "documents")


def test_a_plan_is_the_price_of_its_id() -> None:
    of_price = facts(stripe.event("price.created", stripe.price()), "prices")
    of_plan = facts(stripe.event("plan.created", stripe.plan()), "prices")
    assert of_price == of_plan


def test_a_subscription_before_items_has_its_plan_for_a_line() -> None:
    old = stripe.subscription()
    del old["items"]
    line = row(stripe.event("customer.subscription.updated", old), "contract_lines")
    assert (line["object_id"], line["price_id"], str(line["unit_price"])) == (
        "stripe:sub_1:price_1",
        "stripe:price_1",
        "30.000000000000",
    )
    assert line["quantity"] == 2


def test_an_invoice_before_2018_has_flags_for_a_status() -> None:
    old = stripe.invoice(date=stripe.JANUARY, closed=True, forgiven=False, attempted=True)
    del old["status"], old["status_transitions"]
    document = row(stripe.event("invoice.payment_succeeded", old), "documents")
    assert document["status"] == "paid"
    assert int(document["issued_at"].timestamp()) == stripe.JANUARY
    unpaid = row(stripe.event("invoice.payment_failed", old | {"paid": False}), "documents")
    assert unpaid["status"] == "open"


def test_an_expanded_object_stands_for_its_id() -> None:
    """API exports may hold the object where an event holds its id."""
    expanded = stripe.charge(customer={"id": "cus_1", "object": "customer"}, invoice={"id": "in_1", "lines": {"data": []}})
    plain = stripe.event("charge.succeeded", stripe.charge())
    assert (
        normalise(stripe.event("charge.succeeded", expanded))
        .facts["silver.cash"]
        .equals(normalise(plain).facts["silver.cash"])
    )


def test_a_dispute_before_2014_is_that_of_its_charge() -> None:
    old = stripe.dispute()
    del old["id"], old["payment_intent"]
    found = row(stripe.event("charge.dispute.created", old), "cash")
    assert (found["object_id"], found["payment_id"]) == ("stripe:ch_1:dispute", "stripe:ch_1")
