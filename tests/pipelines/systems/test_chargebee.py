"""Chargebee: documents tie out whatever the kind of prices, and refunds and credits take back once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipelines.systems.codes import Code
from tests.pipelines.systems import chargebee_records as chargebee
from tests.pipelines.systems.chargebee_records import DAY, FEBRUARY, JANUARY, event
from tests.pipelines.systems.normalising import Record, normalise, rows, verdict
from tests.pipelines.systems.normalising import row as stripe_row
from tests.pipelines.systems.ties import documents_tie_out


def facts(record: Record, table: str) -> list[Record]:
    return rows(normalise(record, source="chargebee"), table)


def row(record: Record, table: str) -> Record:
    return stripe_row(record, table, "chargebee")


def money(record: Record) -> list[tuple[str, str, str, str]]:
    return [(cash["kind"], cash["direction"], cash["status"], str(cash["amount"])) for cash in facts(record, "cash")]


@pytest.mark.parametrize(
    ("invoice", "net", "tax", "total"),
    [
        (chargebee.invoice(), "90", "18", "108"),  # 100 - 10, and 18 on top
        (chargebee.invoice(inclusive=True), "72", "18", "90"),  # 100 - 10, of which 18 are tax
        (chargebee.invoice(chargebee.line(), chargebee.line(2, discount=0, tax=2_000)), "190", "38", "228"),
    ],
)
def test_lines_and_tax_sum_to_the_total(invoice: Record, net: str, tax: str, total: str) -> None:
    normalised = normalise(event("invoice_generated", {"invoice": invoice}), source="chargebee")
    (document,), lines = rows(normalised, "documents"), rows(normalised, "document_lines")
    assert (document["subtotal"], document["tax"], document["total"]) == (Decimal(net), Decimal(tax), Decimal(total))
    assert sum(line["amount"] for line in lines) == Decimal(net)
    assert (document["number"], document["status"], document["issued_at"].timestamp()) == ("1001", "paid", JANUARY + 30)
    documents_tie_out(normalised)


def test_what_rounding_adds_is_a_line() -> None:
    normalised = normalise(event("invoice_generated", {"invoice": chargebee.invoice(round_off=-40)}), source="chargebee")
    assert [(line["description"], line["amount"], line["line_number"]) for line in rows(normalised, "document_lines")] == [
        ("Seat", Decimal(90), 1),
        ("rounding", Decimal("-0.4"), 2),
    ]
    documents_tie_out(normalised)


def test_a_line_bills_the_term_and_belongs_to_its_subscription() -> None:
    line = row(chargebee.SOUND["invoice"], "document_lines")
    assert (line["service_from"].timestamp(), line["service_to"].timestamp()) == (JANUARY, FEBRUARY)
    assert line["contract_line_id"] == row(chargebee.SOUND["subscription"], "contract_lines")["object_id"]
    once = chargebee.invoice(chargebee.line(entity_type="charge_item_price", date_to=JANUARY))
    charged = row(event("invoice_generated", {"invoice": once}), "document_lines")
    assert (charged["service_from"], charged["contract_line_id"]) == (None, None)


@pytest.mark.parametrize(
    ("status", "state"),
    [("pending", "draft"), ("posted", "open"), ("payment_due", "open"), ("not_paid", "open"), ("voided", "void")],
)
def test_what_an_invoice_is(status: str, state: str) -> None:
    record = event("invoice_updated", {"invoice": chargebee.invoice(status=status)})
    document = row(record, "documents")
    assert (document["status"], document["voided_at"] is not None) == (state, state == "void")
    assert len(facts(record, "document_lines")) == (state != "draft")


def test_a_payment_and_its_invoice_tell_the_same_application() -> None:
    by_both = facts(chargebee.SOUND["payment"], "cash_applications")
    assert len(by_both) == 2
    same = ("object_id", "cash_id", "document_id", "amount", "currency", "effective_at")
    assert [by_both[0][name] for name in same] == [by_both[1][name] for name in same]
    assert by_both[0]["cash_id"] == "chargebee:txn_1"
    assert money(chargebee.SOUND["payment"]) == [("payment", "in", "succeeded", "108.0000")]


def test_credit_that_was_applied_settles_a_part() -> None:
    """108.00, of which 34.00 are the rest of an earlier credit note."""
    credits = [{"cn_id": "CN-1", "applied_amount": 3_400, "applied_at": JANUARY + 35}]
    invoice = chargebee.invoice(applied_credits=credits, credits_applied=3_400, amount_paid=7_400)
    assert money(event("invoice_generated", {"invoice": invoice})) == [("customer_balance", "in", "succeeded", "34.0000")]
    void = invoice | {"status": "voided"}
    assert money(event("invoice_updated", {"invoice": void})) == [("customer_balance", "in", "canceled", "34.0000")]


def test_a_credit_note_takes_back_what_is_not_refunded_in_cash() -> None:
    """54.00 less 20.00 in cash: 34.00 on account; the refund names the payment that it takes 20.00 of."""
    normalised = normalise(chargebee.SOUND["refund"], source="chargebee")
    (note,), (refund,) = rows(normalised, "documents"), rows(normalised, "cash")
    assert (note["kind"], note["corrects_document_id"], note["status"]) == ("credit_note", "chargebee:1001", "paid")
    assert (note["total"], note["amount_paid"], note["amount_remaining"]) == (Decimal(54), Decimal(20), Decimal(34))
    assert (refund["kind"], refund["direction"], refund["amount"]) == ("refund", "out", Decimal(20))
    assert refund["payment_id"] == "chargebee:txn_1"
    assert refund["amount"] == note["amount_paid"]
    documents_tie_out(normalised)


@pytest.mark.parametrize(
    ("transaction", "expected"),
    [
        (chargebee.transaction(status="failure", error_code="declined"), [("payment", "in", "failed", "108.0000")]),
        (chargebee.transaction(status="in_progress"), [("payment", "in", "pending", "108.0000")]),
        (chargebee.transaction(type="authorization", linked_invoices=[]), []),
        (chargebee.refund(payment_method="chargeback"), [("dispute", "out", "succeeded", "20.0000")]),
    ],
)
def test_what_money_does(transaction: Record, expected: Any) -> None:
    assert money(event("transaction_updated", {"transaction": transaction})) == expected


def test_a_returned_debit_makes_the_payment_one_that_failed() -> None:
    back = chargebee.transaction(id="txn_3", type="payment_reversal", reference_transaction_id="txn_1", date=JANUARY + DAY)
    paid = row(event("payment_succeeded", {"transaction": chargebee.transaction()}), "cash")
    failed = row(event("transaction_created", {"transaction": back}), "cash")
    assert (failed["object_id"], failed["status"]) == (paid["object_id"], "failed")
    assert failed["effective_at"] > paid["effective_at"]


def test_a_payment_is_known_at_its_gateway() -> None:
    (known,) = facts(event("payment_succeeded", {"transaction": chargebee.transaction()}), "external_references")
    told = [known[name] for name in ("object_id", "object_kind", "relation", "reference_system", "reference")]
    assert told == ["chargebee:txn_1", "cash", "same_as", "stripe", "ch_1"]


@pytest.mark.parametrize(
    ("changes", "state", "cancel_at", "end_at"),
    [
        ({}, "active", None, None),
        ({"status": "in_trial", "trial_end": FEBRUARY}, "trialing", None, None),
        ({"status": "non_renewing"}, "active", FEBRUARY, None),
        ({"status": "cancelled", "cancelled_at": JANUARY + DAY}, "canceled", None, JANUARY + DAY),
        ({"status": "future"}, "draft", None, None),
    ],
)
def test_the_state_of_a_subscription(changes: Record, state: str, cancel_at: int | None, end_at: int | None) -> None:
    record = event("subscription_changed", {"subscription": chargebee.subscription(**changes)})
    contract = row(record, "contracts")
    told = [contract["cancel_at"], contract["end_at"]]
    assert (contract["status"], [at and int(at.timestamp()) for at in told]) == (state, [cancel_at, end_at])


def test_the_lines_of_either_catalogue() -> None:
    metered = {"item_price_id": "calls", "item_type": "plan", "metered_quantity": "12.5"}
    charge = {"item_price_id": "setup", "item_type": "charge", "quantity": 1, "unit_price": 900}
    by_total = {"item_price_id": "tiers", "item_type": "addon", "quantity": 4, "amount": 1_000}
    new = chargebee.subscription(subscription_items=[metered, charge, by_total])
    told = [
        (line["price_id"], line["unit_price"], line["usage_type"], line["billing_interval"])
        for line in facts(event("subscription_changed", {"subscription": new}), "contract_lines")
    ]
    assert told == [
        ("chargebee:calls", None, "metered", "month"),
        ("chargebee:setup", Decimal(9), "licensed", None),
        ("chargebee:tiers", Decimal("2.5"), "licensed", "month"),  # 10.00 for 4
    ]
    old = chargebee.subscription(
        subscription_items=None,
        plan_id="basic",
        plan_quantity=3,
        plan_unit_price=700,
        addons=[{"id": "more", "quantity": 1}],
    )
    lines = facts(event("subscription_changed", {"subscription": old}), "contract_lines")
    assert [(line["price_id"], line["quantity"], line["unit_price"]) for line in lines] == [
        ("chargebee:basic", Decimal(3), Decimal(7)),
        ("chargebee:more", Decimal(1), None),
    ]


def test_usage_counts_on_its_day() -> None:
    used = row(chargebee.SOUND["usage"], "usage")
    assert (used["meter"], used["quantity"], used["contract_line_id"]) == (
        "calls-USD-Monthly",
        Decimal("12.5"),
        "chargebee:sub_1:calls-USD-Monthly",
    )
    assert int(used["effective_at"].timestamp()) == JANUARY + DAY


def test_what_others_call_a_customer() -> None:
    told = {
        (ref["relation"], ref["reference_system"], ref["reference_kind"], ref["reference"])
        for ref in facts(event("customer_created", {"customer": chargebee.customer()}), "external_references")
    }
    assert told == {
        ("same_as", None, "email", "ada@example.com"),
        ("same_as", None, "tax_id", "GB123"),
        ("same_as", "salesforce", "account_id", "001x"),
    }


def test_a_deleted_object_is_retracted_and_yen_have_no_minor_unit() -> None:
    gone = chargebee.invoice(deleted=True, currency_code="JPY")
    document = row(event("invoice_deleted", {"invoice": gone}), "documents")
    assert (document["operation"], document["total"]) == ("retract", Decimal(10_800))


def test_an_invoice_says_the_same_in_an_event_an_answer_and_bare() -> None:
    records = [chargebee.SOUND["invoice"], {"invoice": chargebee.invoice()}, chargebee.invoice()]
    told = [facts(record, "document_lines") for record in records]
    same = ("object_id", "document_id", "amount", "tax", "contract_line_id", "service_to", "source_sequence")
    assert [[line[name] for name in same] for line in told[0]] == [[line[name] for name in same] for line in told[1]]
    assert [[line[name] for name in same] for line in told[0]] == [[line[name] for name in same] for line in told[2]]
    events = normalise(*records, source="chargebee").events
    assert events["event_type"].to_list() == ["invoice_generated", "invoice", "invoice"]
    assert events["object_id"].to_list() == ["chargebee:1001"] * 3


@pytest.mark.parametrize("content", [{"coupon": {"id": "c"}}, {"transaction": chargebee.transaction(type="authorization")}])
def test_what_carries_no_facts_is_unmapped(content: Record) -> None:
    assert normalise(event("some_event", content), source="chargebee").events["disposition"].to_list() == ["unmapped"]


INVOICE = "invoice_generated"


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (event(INVOICE, {"invoice": chargebee.invoice()}, api_version="v1"), Code.UNSUPPORTED_VERSION, "api_version"),
        (event(INVOICE, {"invoice": chargebee.invoice()}, id=None), Code.MISSING_FIELD, "id"),
        (event(INVOICE, {"invoice": chargebee.invoice()}, occurred_at="soon"), Code.WRONG_TYPE, "occurred_at"),
        (event(INVOICE, {"invoice": chargebee.invoice(id=None)}), Code.MISSING_FIELD, "content.invoice.id"),
        (event(INVOICE, {"invoice": chargebee.invoice(status="lost")}), Code.NOT_ALLOWED, "content.invoice.status"),
        (event(INVOICE, {"invoice": chargebee.invoice(line_items=[])}), Code.MISSING_FIELD, "content.invoice.line_items"),
        (event(INVOICE, {"invoice": chargebee.invoice(total="ten")}), Code.WRONG_TYPE, "content.invoice.total"),
        (
            event(INVOICE, {"invoice": chargebee.invoice(currency_code="ZZZ")}),
            Code.UNKNOWN_CURRENCY,
            "content.invoice.curr",
        ),
        (
            event(INVOICE, {"invoice": chargebee.invoice(line_items_next_offset="x")}),
            Code.INCOMPLETE_LIST,
            "content.invoice.line_items_next_offset",
        ),
        ({"list": [{"invoice": chargebee.invoice()}], "next_offset": "x"}, Code.LIST_OF_RECORDS, "list"),
        ({"invoice": chargebee.invoice(total=None)}, Code.MISSING_FIELD, "invoice.total"),
        (chargebee.invoice(total=None), Code.MISSING_FIELD, "total"),
        ({"anything": 1}, Code.MISSING_FIELD, "object"),
    ],
)
def test_what_is_wrong_is_told(record: Record, code: Code, field: str) -> None:
    found, message = verdict(record, "chargebee")
    assert (found, message is not None and message.startswith(field)) == (code, True), message
