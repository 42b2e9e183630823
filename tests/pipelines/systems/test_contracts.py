"""Subscriptions as contracts, with the changes of their state and the order of what happens within one second."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.normalising import normalise, row, rows


def test_an_ended_subscription() -> None:
    ended = stripe.subscription(status="canceled", ended_at=stripe.FEBRUARY, canceled_at=stripe.JANUARY)
    normalised = normalise(stripe.event("customer.subscription.deleted", ended, created=stripe.FEBRUARY))
    (contract,) = rows(normalised, "contracts")
    assert (contract["status"], int(contract["end_at"].timestamp())) == ("canceled", stripe.FEBRUARY)
    (change,) = rows(normalised, "contract_events")
    assert (change["state_from"], change["state_to"]) == (None, "canceled")


def test_a_change_of_state_is_told_by_previous_attributes() -> None:
    updated = stripe.event("customer.subscription.updated", stripe.subscription(), {"status": "past_due"})
    (change,) = rows(normalise(updated), "contract_events")
    assert (change["state_from"], change["state_to"]) == ("past_due", "active")
    other = stripe.event("customer.subscription.updated", stripe.subscription(), {"quantity": 3, "items": {"data": []}})
    assert rows(normalise(other), "contract_events") == []


def test_a_cancellation_at_the_period_end() -> None:
    leaving = stripe.event("customer.subscription.updated", stripe.subscription(cancel_at_period_end=True))
    assert int(row(leaving, "contracts")["cancel_at"].timestamp()) == stripe.FEBRUARY


def test_a_line_has_price_period_and_quantity() -> None:
    line = row(stripe.event("customer.subscription.updated", stripe.subscription(modern=True)), "contract_lines")
    assert (line["object_id"], line["contract_id"], line["product_id"]) == ("stripe:si_1", "stripe:sub_1", "stripe:prod_1")
    assert (line["quantity"], line["unit_price"], line["usage_type"]) == (Decimal(2), Decimal(30), "licensed")
    assert (int(line["service_from"].timestamp()), int(line["service_to"].timestamp())) == (stripe.JANUARY, stripe.FEBRUARY)


def test_a_fraction_of_a_cent_is_kept() -> None:
    metered = stripe.price(unit_amount=None, unit_amount_decimal="0.0125", billing_scheme="per_unit")
    metered["recurring"]["usage_type"] = "metered"
    found = row(stripe.event("price.created", metered), "prices")
    assert (found["unit_amount"], found["pricing_model"]) == (Decimal("0.000125000000"), "metered")


@pytest.mark.parametrize("kind", ["customer.deleted", "product.deleted", "price.deleted", "plan.deleted"])
def test_what_is_deleted_is_retracted(kind: str) -> None:
    family = kind.split(".", maxsplit=1)[0]
    carried = {"customer": stripe.customer, "product": stripe.product, "price": stripe.price, "plan": stripe.plan}[family]()
    table = {"customer": "customers", "product": "products"}.get(family, "prices")
    assert row(stripe.event(kind, carried), table)["operation"] == "retract"


def test_events_of_one_second_have_the_order_of_life() -> None:
    """Stripe's clock counts seconds: an invoice is often made, finalised and paid within one."""
    invoices = [
        stripe.event(kind, stripe.invoice(status=status), id=f"evt_{status}")
        for kind, status in (("invoice.created", "draft"), ("invoice.finalized", "open"), ("invoice.paid", "paid"))
    ]
    orders = [document["source_sequence"] for document in rows(normalise(*invoices), "documents")]
    assert orders == sorted(orders)
    assert len(set(orders)) == 3
    first = row(stripe.event("customer.subscription.created", stripe.subscription(status="incomplete")), "contracts")
    then = row(stripe.event("customer.subscription.updated", stripe.subscription(status="active")), "contracts")
    last = row(stripe.event("customer.subscription.deleted", stripe.subscription(status="canceled")), "contracts")
    assert first["source_sequence"] < then["source_sequence"] < last["source_sequence"]
