"""Recurly: documents tie out, and refunds, credit and write-offs take back once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipelines.systems.codes import Code
from tests.pipelines.systems import recurly_records as recurly
from tests.pipelines.systems.normalising import Record, normalise, rows, verdict
from tests.pipelines.systems.normalising import row as row_of
from tests.pipelines.systems.ties import documents_tie_out


def facts(record: Record, table: str) -> list[Record]:
    return rows(normalise(record, source="recurly"), table)


def row(record: Record, table: str) -> Record:
    return row_of(record, table, "recurly")


def money(record: Record) -> list[tuple[str, str, str, str]]:
    return [(cash["kind"], cash["direction"], cash["status"], str(cash["amount"])) for cash in facts(record, "cash")]


@pytest.mark.parametrize(
    ("invoice", "net", "tax", "total"),
    [
        (recurly.invoice(), "90", "18", "108"),  # 100 - 10, and 18 on top
        (recurly.invoice(recurly.line(tax_inclusive=True)), "72", "18", "90"),  # 100 - 10, of which 18 are tax
        (recurly.invoice(recurly.line(), recurly.line(2, subtotal=-30.0, discount=0.0, tax=-6.0)), "60", "12", "72"),
    ],
)
def test_lines_and_tax_sum_to_the_total(invoice: Record, net: str, tax: str, total: str) -> None:
    normalised = normalise(invoice, source="recurly")
    (document,), lines = rows(normalised, "documents"), rows(normalised, "document_lines")
    assert (document["subtotal"], document["tax"], document["total"]) == (Decimal(net), Decimal(tax), Decimal(total))
    assert sum(line["amount"] for line in lines) == Decimal(net)
    assert (document["kind"], document["number"], document["contract_id"]) == ("invoice", "1001", "recurly:sub_1")
    documents_tie_out(normalised)


def test_a_line_bills_its_period_and_belongs_to_its_subscription() -> None:
    line = row(recurly.invoice(), "document_lines")
    assert [at.isoformat()[:10] for at in (line["service_from"], line["service_to"])] == ["2025-01-01", "2025-02-01"]
    promised = row(recurly.subscription(), "contract_lines")
    assert (line["contract_line_id"], line["product_id"]) == (promised["object_id"], promised["product_id"])
    once = row(recurly.invoice(recurly.line(end_date=None, subscription_id=None)), "document_lines")
    assert (once["service_from"], once["contract_line_id"]) == (None, None)


@pytest.mark.parametrize(
    ("state", "status"),
    [("pending", "open"), ("processing", "open"), ("past_due", "open"), ("failed", "open"), ("voided", "void")],
)
def test_what_an_invoice_is(state: str, status: str) -> None:
    assert row(recurly.invoice(state=state, closed_at=None), "documents")["status"] == status


def test_an_invoice_and_its_transaction_tell_the_same_payment() -> None:
    held, alone = recurly.invoice(), recurly.transaction()
    for table in ("cash", "cash_applications"):
        same = ("object_id", "amount", "currency", "effective_at", "document_id", *(["cash_id"] * (table != "cash")))
        assert [[row(record, table)[name] for name in same] for record in (held, alone)] == [
            [row(held, table)[name] for name in same]
        ] * 2
    assert money(held) == [("payment", "in", "succeeded", "108.0000")]
    assert row(held, "cash_applications")["document_id"] == "recurly:inv_1"


def test_a_credit_invoice_takes_back_what_is_not_refunded_in_cash() -> None:
    """54.00 less 20.00 in cash: 34.00 on account; the refund names the payment that it takes 20.00 of."""
    normalised = normalise(recurly.credit_invoice(), source="recurly")
    (note,), (line,), (refund,) = (rows(normalised, table) for table in ("documents", "document_lines", "cash"))
    assert (note["kind"], note["status"], note["corrects_document_id"]) == ("credit_note", "paid", "recurly:inv_1")
    assert (note["total"], note["tax"], note["amount_paid"]) == (Decimal(54), Decimal(9), Decimal(20))
    assert (line["amount"], line["discount"], line["tax"]) == (Decimal(45), Decimal(5), Decimal(9))
    assert (refund["kind"], refund["amount"], refund["payment_id"]) == ("refund", note["amount_paid"], "recurly:txn_1")
    assert rows(normalised, "cash_applications") == []
    documents_tie_out(normalised)


def test_a_credit_invoice_may_say_by_its_lines_what_it_takes_back() -> None:
    credited = recurly.credit_invoice(previous_invoice_id=None, origin="immediate_change", transactions=[], paid=0.0)
    assert row(credited, "documents")["corrects_document_id"] == "recurly:inv_1"


def test_credit_that_takes_nothing_back_is_a_grant() -> None:
    gift = recurly.SOUND["gift card"]
    assert facts(gift, "documents") == []
    granted = row(gift, "credit_grants")
    assert (granted["kind"], granted["paid"], granted["amount"]) == ("gift_card", True, Decimal(54))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("customer_balance", "in", "succeeded", "34.0000")]),
        ({"action": "gift_card"}, [("customer_balance", "in", "succeeded", "34.0000")]),
        ({"voided_at": recurly.FEBRUARY}, [("customer_balance", "in", "canceled", "34.0000")]),
        ({"action": "write_off"}, []),  # the credit invoice that writes off says it
        ({"action": "refund"}, []),
    ],
)
def test_credit_that_settles_an_invoice(changes: Record, expected: Any) -> None:
    """108.00: 34.00 of credit and 74.00 by card; told by the invoice and by itself."""
    credit = recurly.credit_payment(**changes)
    assert money(credit) == expected
    paid = 74.0 if changes.get("voided_at") is None else 108.0
    invoice = recurly.invoice(credit_payments=[credit], paid=paid, transactions=[recurly.transaction(amount=paid)])
    assert money(invoice) == [("payment", "in", "succeeded", f"{paid:.4f}"), *expected]


def test_what_was_marked_as_paid_was_paid_outside() -> None:
    """108.00 with 34.00 of credit and no transaction: 74.00."""
    invoice = recurly.invoice(credit_payments=[recurly.credit_payment()], paid=0.0, transactions=[])
    paid, _ = sorted(facts(invoice, "cash"), key=lambda cash: cash["kind"], reverse=True)
    assert (paid["kind"], paid["method"], paid["amount"]) == ("payment", "out_of_band", Decimal(74))
    assert (paid["document_id"], paid["effective_at"].isoformat()) == ("recurly:inv_1", "2025-01-01T00:00:12+00:00")


@pytest.mark.parametrize(
    ("transaction", "expected"),
    [
        (recurly.transaction(status="declined"), [("payment", "in", "failed", "108.0000")]),
        (recurly.transaction(status="pending", type="capture"), [("payment", "in", "pending", "108.0000")]),
        (recurly.transaction(status="void"), [("payment", "in", "canceled", "108.0000")]),
        (recurly.refund(), [("refund", "out", "succeeded", "20.0000")]),
        (
            recurly.transaction(status="chargeback"),
            [("payment", "in", "succeeded", "108.0000"), ("dispute", "out", "succeeded", "108.0000")],
        ),
    ],
)
def test_what_money_does(transaction: Record, expected: Any) -> None:
    assert money(transaction) == expected


def test_a_payment_is_known_at_its_gateway() -> None:
    (known,) = facts(recurly.transaction(), "external_references")
    told = [known[name] for name in ("object_id", "relation", "reference_system", "reference")]
    assert told == ["recurly:txn_1", "same_as", "stripe", "ch_1"]


@pytest.mark.parametrize(
    ("changes", "status", "cancel_at", "end_at"),
    [
        ({}, "active", None, None),
        ({"trial_started_at": recurly.JANUARY, "trial_ends_at": recurly.FEBRUARY}, "trialing", None, None),
        ({"state": "canceled", "expires_at": recurly.FEBRUARY}, "active", "2025-02-01", None),
        ({"state": "expired", "expires_at": recurly.FEBRUARY}, "canceled", None, "2025-02-01"),
        ({"state": "future"}, "draft", None, None),
    ],
)
def test_the_state_of_a_subscription(changes: Record, status: str, cancel_at: str | None, end_at: str | None) -> None:
    contract = row(recurly.subscription(**changes), "contracts")
    dates = [at and at.isoformat()[:10] for at in (contract["cancel_at"], contract["end_at"])]
    assert (contract["status"], dates) == (status, [cancel_at, end_at])
    assert contract["enforceable_until"].year == 2026


@pytest.mark.parametrize(
    ("start", "end", "interval", "count"),
    [
        (recurly.JANUARY, recurly.FEBRUARY, "month", 1),
        ("2024-12-31T10:00:00Z", "2025-02-28T10:00:00Z", "month", 2),  # as far as February goes
        (recurly.JANUARY, "2026-01-01T00:00:00Z", "month", 12),
        (recurly.JANUARY, "2025-01-15T00:00:00Z", "day", 14),
        (recurly.JANUARY, "2025-01-15T07:30:00Z", None, None),
        (None, None, None, None),
    ],
)
def test_the_period_of_a_line_is_that_of_the_subscription(
    start: str | None, end: str | None, interval: str | None, count: int | None
) -> None:
    add_on = {"add_on": {"id": "more", "add_on_type": "usage"}, "quantity": 1, "unit_amount": 0.25}
    record = recurly.subscription(current_period_started_at=start, current_period_ends_at=end, add_ons=[add_on])
    plan, more = facts(record, "contract_lines")
    assert (plan["billing_interval"], plan["billing_interval_count"]) == (interval, count)
    assert (plan["unit_price"], plan["quantity"], plan["price_id"]) == (Decimal(50), Decimal(2), "recurly:plan_1:USD")
    assert (more["unit_price"], more["usage_type"]) == (Decimal("0.25"), "metered")


def test_a_plan_has_a_price_in_each_currency() -> None:
    prices = facts(recurly.plan(), "prices")
    told = [(price["object_id"], price["unit_amount"], price["billing_interval"]) for price in prices]
    assert told == [("recurly:plan_1:USD", Decimal(50), "month"), ("recurly:plan_1:EUR", Decimal("45.5"), "month")]


def test_what_others_call_an_account() -> None:
    customer = row(recurly.account(), "customers")
    assert (customer["name"], customer["country"]) == ("Ada Byron", "GB")
    told = {(r["relation"], r["reference_kind"], r["reference"]) for r in facts(recurly.account(), "external_references")}
    assert told == {
        ("same_as", "email", "ada@example.com"),
        ("same_as", "tax_id", "GB123"),
        ("names", "account_code", "A-1"),
    }


NOTICE = {
    "id": "n1",
    "object_type": "charge_invoice",
    "event_type": "paid",
    "event_time": recurly.JANUARY,
    "site_id": "s",
    "invoice_number": "1001",
}


def test_the_notice_of_a_webhook_carries_nothing() -> None:
    events = normalise(NOTICE, recurly.account(object="shipping_address"), source="recurly").events
    assert events["disposition"].to_list() == ["unmapped"] * 2
    assert events["event_type"].to_list() == ["charge_invoice.paid", "shipping_address"]


def test_a_resource_fetched_twice_is_a_repeat() -> None:
    ids = normalise(recurly.invoice(), recurly.invoice(), recurly.invoice(state="past_due"), source="recurly").events
    first, again, other = ids["source_event_id"]
    assert first == again != other


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        ({"object": "list", "has_more": False, "data": [recurly.invoice()]}, Code.LIST_OF_RECORDS, "data"),
        (recurly.invoice(object=None), Code.MISSING_FIELD, "object"),
        (recurly.invoice(id=None), Code.MISSING_FIELD, "id"),
        (recurly.invoice(updated_at=None, created_at=None), Code.MISSING_FIELD, "updated_at"),
        (recurly.invoice(updated_at="soon"), Code.WRONG_TYPE, "updated_at"),
        (recurly.invoice(type="gift"), Code.NOT_ALLOWED, "type"),
        (recurly.invoice(total="ten"), Code.WRONG_TYPE, "total"),
        (recurly.invoice(total=10.123456), Code.WRONG_TYPE, "total"),
        (recurly.invoice(has_more_line_items=True), Code.INCOMPLETE_LIST, "has_more_line_items"),
        (recurly.invoice(line_items=[]), Code.MISSING_FIELD, "line_items"),
        (recurly.invoice(transactions=[recurly.transaction(amount=-1.0)]), Code.NOT_ALLOWED, "transactions[].amount"),
        (recurly.transaction(status="lost"), Code.NOT_ALLOWED, "status"),
    ],
)
def test_what_is_wrong_is_told(record: Record, code: Code, field: str) -> None:
    found, message = verdict(record, "recurly")
    assert (found, message is not None and message.startswith(field + " ")) == (code, True), message
