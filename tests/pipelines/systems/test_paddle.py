"""Paddle: documents tie out, what Paddle kept is told, and nothing is taken back twice."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.systems.codes import Code
from tests.pipelines.systems import paddle_records as paddle
from tests.pipelines.systems.normalising import Record, normalise, normalise_bytes, row, rows, verdict
from tests.pipelines.systems.ties import documents_tie_out, held_back


def facts(record: Record, table: str) -> list[Record]:
    return rows(normalise(record, source="paddle"), table)


def money(record: Record) -> list[tuple[str, str, str, str]]:
    return [(cash["kind"], cash["direction"], cash["status"], str(cash["amount"])) for cash in facts(record, "cash")]


def test_a_transaction_is_an_invoice_whose_lines_and_tax_sum_to_its_total() -> None:
    record = paddle.SOUND["transaction"]
    document = row(record, "documents", "paddle")
    # 100 - 10 = 90, and 18 tax: 108
    assert (document["subtotal"], document["tax"], document["total"]) == (Decimal(90), Decimal(18), Decimal(108))
    assert (document["status"], document["number"], document["contract_id"]) == ("paid", "325-1", "paddle:sub_1")
    assert (document["amount_paid"], document["amount_remaining"]) == (Decimal(108), Decimal(0))
    line = row(record, "document_lines", "paddle")
    assert (line["amount"], line["discount"], line["tax"]) == (Decimal(90), Decimal(10), Decimal(18))
    assert line["contract_line_id"] == row(paddle.SOUND["subscription"], "contract_lines", "paddle")["object_id"]
    assert line["service_to"].isoformat() == "2025-02-01T00:00:00+00:00"
    documents_tie_out(normalise(record, source="paddle"))


def test_payments_less_fee_and_tax_are_the_earnings() -> None:
    """108.00 - 5.90 - 18.00 = 84.10"""
    record = paddle.SOUND["transaction"]
    assert record["data"]["details"]["totals"]["earnings"] == "8410"
    assert money(record) == [
        ("payment", "in", "succeeded", "108.0000"),
        ("fee", "out", "succeeded", "5.9000"),
        ("tax_remitted", "out", "succeeded", "18.0000"),
    ]
    payment, fee, tax = facts(record, "cash")
    assert (payment["settlement_currency"], payment["settlement_amount"]) == ("GBP", Decimal("86.4"))  # 108 * 0.8
    assert (fee["settlement_amount"], tax["settlement_amount"]) == (Decimal("4.72"), Decimal("14.4"))


@pytest.mark.parametrize(
    ("status", "changes", "state", "operation"),
    [
        ("draft", {"billed_at": None}, "draft", "assert"),
        ("ready", {"billed_at": None}, "draft", "assert"),
        ("billed", {}, "open", "assert"),
        ("past_due", {}, "open", "assert"),
        ("paid", {}, "paid", "assert"),
        ("completed", {}, "paid", "assert"),
        ("canceled", {}, "void", "assert"),
        ("canceled", {"billed_at": None}, "draft", "retract"),
    ],
)
def test_what_a_transaction_is(status: str, changes: Record, state: str, operation: str) -> None:
    record = paddle.notification("transaction.updated", paddle.transaction(status=status, payments=[], **changes))
    document = row(record, "documents", "paddle")
    assert (document["status"], document["operation"]) == (state, operation)
    assert len(facts(record, "document_lines")) == (state != "draft")
    kept = [kind for kind, *_ in money(record)]
    assert kept == (["fee", "tax_remitted"] if status == "completed" else [])


def test_a_try_that_is_listed_twice_counts_once_and_a_failed_one_says_why() -> None:
    tries = [
        paddle.payment(),
        paddle.payment(),
        paddle.payment(payment_attempt_id="try-2", status="error", error_code="declined", captured_at=None),
        paddle.payment(payment_attempt_id="try-3", status="authorized", captured_at=None),
    ]
    found = facts(paddle.notification("transaction.completed", paddle.transaction(payments=tries)), "cash")
    told = [(cash["object_id"], cash["status"], cash["reason"]) for cash in found if cash["kind"] == "payment"]
    assert told == [
        ("paddle:try-1", "succeeded", None),
        ("paddle:try-2", "failed", "declined"),
        ("paddle:try-3", "pending", None),
    ]


def test_a_line_that_does_not_recur_is_of_no_period_and_a_prorated_one_of_its_own() -> None:
    own = {"starts_at": "2025-01-16T00:00:00Z", "ends_at": paddle.FEBRUARY}
    lines = (paddle.line(1, price_id="pri_2"), paddle.line(2, proration={"rate": "0.5", "billing_period": own}))
    once, part = facts(paddle.notification("transaction.completed", paddle.transaction(*lines)), "document_lines")
    assert (once["service_from"], once["contract_line_id"]) == (None, None)
    assert (part["service_from"].day, part["proration"]) == (16, True)


def test_credit_that_paid_a_part_is_told_beside_what_was_paid() -> None:
    """108.00 owed, 28.00 from the balance, 80.00 by card."""
    record = paddle.notification("transaction.completed", paddle.transaction(credit=2_800))
    document = row(record, "documents", "paddle")
    assert (document["total"], document["amount_paid"], document["amount_remaining"]) == (Decimal(108), Decimal(80), 0)
    assert ("customer_balance", "in", "succeeded", "28.0000") in money(record)
    canceled = paddle.transaction(credit=2_800, status="canceled", payments=[])
    assert money(paddle.notification("transaction.canceled", canceled)) == [
        ("customer_balance", "in", "canceled", "28.0000")
    ]


def test_the_credit_of_an_invoice_is_of_the_balance_only_while_it_is_billed() -> None:
    invoice = paddle.transaction(credit=2_800, status="billed", payments=[], collection_mode="manual")
    assert [kind for kind, *_ in money(paddle.notification("transaction.billed", invoice))] == ["customer_balance"]
    assert money(paddle.notification("transaction.updated", invoice)) == []


@pytest.mark.parametrize(
    ("action", "status", "note", "paid_out", "moves"),
    [
        ("refund", "pending_approval", "draft", 60, [("refund", "out", "pending", "60.0000")]),
        (
            "refund",
            "approved",
            "paid",
            60,
            [
                ("refund", "out", "succeeded", "60.0000"),
                ("fee", "in", "succeeded", "2.5000"),
                ("tax_remitted", "in", "succeeded", "10.0000"),  # 60 - 2.50 - 10 = 47.50 less earned
            ],
        ),
        ("refund", "rejected", "void", 60, [("refund", "out", "canceled", "60.0000")]),
        (
            "credit",
            "approved",
            "paid",
            0,
            [("fee", "in", "succeeded", "2.5000"), ("tax_remitted", "in", "succeeded", "10.0000")],
        ),
        ("credit", "reversed", "void", 0, []),
    ],
)
def test_refunds_and_credits(action: str, status: str, note: str, paid_out: int, moves: list[Any]) -> None:
    """A refund is money; its note is of no amount that is not refunded, so the rules take it back once."""
    record = paddle.notification("adjustment.updated", paddle.adjustment(action, status))
    document = row(record, "documents", "paddle")
    assert (document["kind"], document["status"], document["corrects_document_id"]) == ("credit_note", note, "paddle:txn_1")
    assert (document["total"], document["tax"], document["amount_paid"]) == (Decimal(60), Decimal(10), Decimal(paid_out))
    line = row(record, "document_lines", "paddle")
    assert line["amount"] + line["tax"] == document["total"]
    assert money(record) == moves


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("chargeback_warning", "approved", ("dispute", "out", "pending", "60.0000")),
        ("chargeback", "approved", ("dispute", "out", "succeeded", "60.0000")),
        ("chargeback", "reversed", ("dispute", "out", "succeeded", "60.0000")),
        ("chargeback_reverse", "approved", ("dispute_reversal", "in", "succeeded", "60.0000")),
    ],
)
def test_chargebacks_are_money_and_no_document(action: str, status: str, expected: Any) -> None:
    record = paddle.notification("adjustment.created", paddle.adjustment(action, status))
    assert money(record)[0] == expected
    assert facts(record, "documents") == []


def test_a_chargeback_costs_a_fee_in_the_currency_of_the_payout() -> None:
    totals = {"currency_code": "GBP", "chargeback_fee": {"amount": "1500", "original": None}}
    record = paddle.notification("adjustment.created", paddle.adjustment("chargeback", payout_totals=totals))
    assert [(c["amount"], c["currency"]) for c in facts(record, "cash") if c["object_id"].endswith(":chargeback_fee")] == [
        (Decimal(15), "GBP")
    ]


def test_a_reversed_credit_shows_as_the_state_of_the_credit() -> None:
    normalised = normalise(paddle.notification("adjustment.created", paddle.adjustment("credit_reverse")), source="paddle")
    assert normalised.events["disposition"].to_list() == ["unmapped"]


def test_yen_have_no_minor_unit() -> None:
    record = paddle.notification(
        "transaction.billed", paddle.transaction(status="billed", payments=[], currency_code="JPY")
    )
    assert row(record, "documents", "paddle")["total"] == Decimal(10_800)


def test_a_subscription_and_what_is_planned_for_it() -> None:
    change = {"action": "cancel", "effective_at": paddle.FEBRUARY}
    trial = {"starts_at": paddle.JANUARY, "ends_at": paddle.FEBRUARY}
    items = [{"quantity": 3, "trial_dates": trial, "price": paddle.price()}]
    record = paddle.notification(
        "subscription.trialing", paddle.subscription(status="trialing", scheduled_change=change, items=items)
    )
    contract = row(record, "contracts", "paddle")
    assert (contract["status"], contract["trial_end"], contract["cancel_at"]) == ("trialing",) + (
        contract["trial_end"],
    ) * 2
    line = row(record, "contract_lines", "paddle")
    assert (line["unit_price"], line["quantity"], line["billing_interval"]) == (Decimal(100), Decimal(3), "month")
    assert row(record, "contract_events", "paddle")["state_to"] == "trialing"
    assert facts(paddle.notification("subscription.updated", paddle.subscription()), "contract_events") == []


def test_what_others_call_it() -> None:
    told = {
        (ref["object_id"], ref["relation"], ref["reference_kind"], ref["reference"])
        for name in ("transaction", "customer", "business")
        for ref in facts(paddle.SOUND[name], "external_references")
    }
    assert told == {
        ("paddle:txn_1", "same_as", "invoice_number", "325-1"),
        ("paddle:txn_1", "names", "order_id", "A-17"),
        ("paddle:ctm_1", "same_as", "email", "ada@example.com"),
        ("paddle:ctm_1", "names", "company_name", "Ada Ltd"),
        ("paddle:ctm_1", "names", "tax_id", "GB123"),
    }


def test_an_entity_says_the_same_bare_as_in_a_notification() -> None:
    told = [facts(record, "document_lines") for record in (paddle.SOUND["transaction"], paddle.SOUND["bare transaction"])]
    same = ("object_id", "amount", "tax", "service_from", "contract_line_id")
    assert [[line[name] for name in same] for line in told[0]] == [[line[name] for name in same] for line in told[1]]
    bare = normalise(paddle.SOUND["bare transaction"], source="paddle").events
    assert bare["event_type"].to_list() == ["transaction"]
    assert bare["effective_at"][0].isoformat() == "2025-01-01T00:00:30+00:00"  # updated_at


BROKEN: list[tuple[Record, Code, str]] = [
    ({"data": [paddle.transaction()], "meta": {}}, Code.LIST_OF_RECORDS, "data"),
    ({"data": {"url": "https://x"}, "meta": {"request_id": "r"}}, Code.MISSING_FIELD, "data.id"),
    ({"alert_name": "payment_succeeded", "alert_id": "1"}, Code.UNSUPPORTED_VERSION, "alert_name"),
    ({"anything": 1}, Code.MISSING_FIELD, "id"),
    (paddle.notification("transaction.paid", paddle.subscription()), Code.WRONG_TYPE, "data.id"),
    (paddle.notification("transaction.paid", paddle.transaction(), event_id=None), Code.MISSING_FIELD, "event_id"),
    (paddle.notification("transaction.paid", paddle.transaction(), occurred_at="soon"), Code.WRONG_TYPE, "occurred_at"),
    (paddle.notification("transaction.paid", paddle.transaction(status="lost")), Code.NOT_ALLOWED, "data.status"),
    (paddle.transaction(status="lost"), Code.NOT_ALLOWED, "status"),
    (
        paddle.notification("transaction.paid", paddle.transaction(currency_code="ZZZ")),
        Code.UNKNOWN_CURRENCY,
        "data.currency",
    ),
    (
        paddle.notification("transaction.paid", paddle.transaction(paddle.line(id=None))),
        Code.MISSING_FIELD,
        "data.details.line",
    ),
    (
        paddle.notification("transaction.paid", paddle.transaction() | {"details": {"totals": {"total": "1", "tax": "0"}}}),
        Code.MISSING_FIELD,
        "data.details.totals.subtotal",
    ),
    (paddle.notification("adjustment.created", paddle.adjustment("donation")), Code.NOT_ALLOWED, "data.action"),
]


@pytest.mark.parametrize(("record", "code", "field"), BROKEN)
def test_what_is_wrong_is_told(record: Record, code: Code, field: str) -> None:
    found, message = verdict(record, "paddle")
    assert (found, message is not None and message.startswith(field)) == (code, True), message


# By the beginning of the file's name: what becomes of each of the 101 samples.
ACCOUNT = {
    ("notification__entity", "mapped", None): 27,
    ("Simulations__payload", "mapped", None): 27,
    ("Simulations__config", "rejected", "MISSING_FIELD"): 14,  # an answer's part, of no object
    ("Simulations__response", "unmapped", None): 3,
    ("SimulationRunEvents__response", "unmapped", None): 1,
    ("SimulationRunEvents__response", "rejected", "LIST_OF_RECORDS"): 3,
    ("EventTypes__response", "rejected", "LIST_OF_RECORDS"): 1,
    ("Events__response", "rejected", "LIST_OF_RECORDS"): 1,
    ("Prices__response", "mapped", None): 4,
    ("Prices__response", "rejected", "LIST_OF_RECORDS"): 1,
    ("Products__response", "mapped", None): 3,
    ("Products__response", "rejected", "LIST_OF_RECORDS"): 1,
    ("Transactions__response", "mapped", None): 3,
    ("Transactions__response", "rejected", "LIST_OF_RECORDS"): 3,
    ("Transactions__response", "rejected", "MISSING_FIELD"): 2,  # the address of a PDF, a preview
    ("paddle_billing", "mapped", None): 1,
    ("paddle_classic", "rejected", "UNSUPPORTED_VERSION"): 5,
}


def test_every_sample_is_accounted_for(shared: Path) -> None:
    own = sorted((shared / "data/paddle").glob("*.json"))
    others = sorted((shared / "data/other_billing").glob("paddle_*/*.json"))
    normalised = normalise_bytes([path.read_bytes() for path in own + others], "paddle")
    names = ["__".join(path.name.split("__")[:2]) for path in own] + [path.parent.name for path in others]
    verdicts = normalised.events.select("disposition", "code").iter_rows()
    assert Counter((name, *verdict) for name, verdict in zip(names, verdicts, strict=True)) == ACCOUNT
    documents_tie_out(normalised)
    assert held_back(normalised) == {}


def test_elements_of_listed_samples_are_records(shared: Path) -> None:
    lists = [json.loads(path.read_text())["data"] for path in sorted((shared / "data/paddle").glob("*__list_*.json"))]
    elements = [element for found in lists for element in found if "id" in element or "event_id" in element]
    normalised = normalise(*elements, source="paddle")
    # 11 notifications, 16 prices, 6 products and 3 pages of 6 transactions; 4 runs of simulations
    assert Counter(normalised.events["disposition"]) == {"mapped": 11 + 16 + 6 + 18, "unmapped": 4}
    documents_tie_out(normalised)
    assert held_back(normalised) == {}
