"""Shopify's money: transactions, disputes, payouts, fees, tenders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.pipelines.systems.normalising import Record, normalise, row, rows
from tests.pipelines.systems.normalising import verdict as verdict_of
from tests.pipelines.systems.shopify_records import (
    balance_transaction,
    delivery,
    dispute,
    money,
    payout,
    tender,
    transaction,
)


def told(kind: str, **more: Any) -> tuple[list[Record], list[Record]]:
    """Cash and applications of one transaction."""
    normalised = normalise(delivery("order_transactions/create", transaction(kind, **more)), source="shopify")
    assert normalised.events.get_column("message").to_list() == [None]
    return rows(normalised, "cash"), rows(normalised, "cash_applications")


@pytest.mark.parametrize("kind", ["sale", "capture"])
def test_money_that_came_in_settles_its_order(kind: str) -> None:
    (cash,), (applied,) = told(kind)
    assert (cash["kind"], cash["direction"], cash["status"]) == ("payment", "in", "succeeded")
    assert (cash["amount"], cash["currency"], cash["method"]) == (Decimal("108.9"), "USD", "visa")
    assert (applied["cash_id"], applied["document_id"], applied["amount"]) == (
        "shopify:4001",
        "shopify:5001",
        Decimal("108.9"),
    )


@pytest.mark.parametrize(
    ("kind", "status", "moved"),
    [
        ("sale", "pending", "pending"),
        ("sale", "failure", "failed"),
        ("capture", "error", "failed"),
        ("authorization", "success", "pending"),
        ("authorization", "failure", "failed"),
        ("void", "success", "canceled"),
        ("refund", "failure", "failed"),
    ],
)
def test_what_moves_no_money(kind: str, status: str, moved: str) -> None:
    (cash,), applied = told(kind, status=status, message="No.")
    assert (cash["status"], applied) == (moved, [])


@pytest.mark.parametrize(("kind", "reason"), [("void", "voided"), ("capture", "captured")])
def test_an_authorisation_is_closed_by_its_void_or_capture(kind: str, reason: str) -> None:
    cash, _ = told(kind, parent_id=3999)
    closed = next(entry for entry in cash if entry["object_id"] == "shopify:3999")
    assert (closed["status"], closed["reason"]) == ("canceled", reason)
    assert len(cash) == (2 if kind == "capture" else 1)


def test_a_gift_card_settles_its_order_without_money() -> None:
    cash, (applied,) = told("sale", gateway="gift_card", receipt={"gift_card_id": 1201}, authorization=None)
    assert cash == []
    assert (applied["cash_id"], applied["amount"]) == ("shopify:gift_card:1201", Decimal("108.9"))


def test_the_amount_is_what_the_customer_paid_and_the_shop_received_another() -> None:
    (cash,), _ = told("sale", amount_set=money("92.00", "EUR", ("100.00", "USD")))
    assert (cash["amount"], cash["currency"]) == (Decimal(92), "EUR")
    assert (cash["settlement_amount"], cash["settlement_currency"]) == (Decimal(100), "USD")


def test_ids_of_the_gateway() -> None:
    record = delivery("order_transactions/create", transaction())
    found = {
        (ref["reference_system"], ref["reference_kind"], ref["reference"])
        for ref in rows(normalise(record, source="shopify"), "external_references")
    }
    assert found == {
        ("shopify", "order_id", "5001"),
        ("stripe", "object_id", "ch_3Qa"),
        ("stripe", "object_id", "pi_3Qa"),
    }
    old = transaction(authorization=None, receipt={"id": "pi_3Qa", "charges": {"data": [{"id": "ch_3Qa"}]}})
    named = rows(normalise(delivery("order_transactions/create", old), source="shopify"), "external_references")
    assert {ref["reference"] for ref in named} == {"5001", "pi_3Qa", "ch_3Qa"}
    other = transaction(gateway="paypal", authorization="8AC12345", receipt={"transaction_id": "8AC12345", "id": None})
    found = {
        (ref["reference_system"], ref["reference_kind"], ref["reference"])
        for ref in rows(normalise(delivery("order_transactions/create", other), source="shopify"), "external_references")
    }
    assert found == {
        ("shopify", "order_id", "5001"),
        ("paypal", "authorization", "8AC12345"),  # in the receipt too, and told once
    }


@pytest.mark.parametrize("receipt", [None, {}, [], "text", 5, {"id": {"deep": [1]}}, {"latest_charge": None}])
def test_a_receipt_has_the_shape_of_its_gateway_and_rejects_nothing(receipt: object) -> None:
    (cash,), _ = told("sale", receipt=receipt)
    assert cash["status"] == "succeeded"


def test_a_transaction_without_a_currency_is_rejected() -> None:
    assert verdict_of({"transaction": transaction(currency=None)}, "shopify") == (
        "MISSING_FIELD",
        "transaction.currency is missing or empty.",
    )


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("inquiry", "needs_response", [("dispute", "pending")]),
        ("inquiry", "won", [("dispute", "pending")]),
        ("chargeback", "needs_response", [("dispute", "succeeded")]),
        ("chargeback", "lost", [("dispute", "succeeded")]),
        ("chargeback", "won", [("dispute", "succeeded"), ("dispute_reversal", "succeeded")]),
        ("chargeback", "charge_refunded", [("dispute", "canceled")]),
    ],
)
def test_disputes(kind: str, status: str, expected: list[tuple[str, str]]) -> None:
    record = delivery("disputes/update", dispute(type=kind, status=status, finalized_on="2025-04-01"))
    found = rows(normalise(record, source="shopify"), "cash")
    assert [(cash["kind"], cash["status"]) for cash in found] == expected
    assert {cash["payment_group_id"] for cash in found} == {"shopify:5001:payments"}
    assert [f"{cash['effective_at']:%m-%d}" for cash in found] == ["03-06", "04-01"][: len(found)]


def test_a_dispute_of_no_order_is_rejected() -> None:
    assert verdict_of({"dispute": dispute(order_id=None)}, "shopify")[0] == "MISSING_FIELD"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("scheduled", "pending"), ("in_transit", "pending"), ("paid", "succeeded"), ("failed", "failed")],
)
def test_payouts(status: str, expected: str) -> None:
    cash = row({"payout": payout(status=status)}, "cash", "shopify")
    assert (cash["kind"], cash["direction"], cash["status"]) == ("payout", "in", expected)
    assert (cash["amount"], f"{cash['effective_at']:%Y-%m-%d}") == (Decimal("105.44"), "2025-01-14")


def test_a_negative_payout_is_drawn_from_the_bank() -> None:
    cash = row({"payout": payout(amount="-20.00")}, "cash", "shopify")
    assert (cash["direction"], cash["amount"]) == ("out", Decimal(20))


def test_a_fee_is_told_by_the_movement_it_was_taken_from() -> None:
    cash = row({"transaction": balance_transaction()}, "cash", "shopify")
    assert (cash["kind"], cash["direction"], cash["amount"]) == ("fee", "out", Decimal("3.46"))
    assert (cash["payment_id"], cash["document_id"]) == ("shopify:4001", "shopify:5001")
    given_back = row({"transaction": balance_transaction(fee="-3.46")}, "cash", "shopify")
    assert (given_back["direction"], given_back["amount"]) == ("in", Decimal("3.46"))


def test_a_tender_repeats_money_and_is_only_evidence() -> None:
    normalised = normalise(delivery("tender_transactions/create", tender()), source="shopify")
    assert list(normalised.facts) == ["silver.external_references"]
    assert [ref["reference"] for ref in rows(normalised, "external_references")] == ["1801", "ch_3Qa"]
