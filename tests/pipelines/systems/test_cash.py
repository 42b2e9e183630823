"""Money in and out: what has moved, what has not, and what it belongs to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.normalising import normalise, row, rows


@pytest.mark.parametrize(
    ("kind", "changes", "status"),
    [
        ("charge.succeeded", {}, "succeeded"),
        ("charge.failed", {"status": "failed", "paid": False, "captured": False, "amount_captured": 0}, "failed"),
        ("charge.pending", {"status": "pending"}, "pending"),
        ("charge.succeeded", {"captured": False, "amount_captured": 0}, "pending"),
        ("charge.expired", {"captured": False}, "canceled"),
        ("charge.refunded", {"captured": False, "refunded": True}, "canceled"),
        ("charge.updated", {"status": None}, "succeeded"),
        ("charge.failed", {"status": None, "paid": False}, "failed"),
    ],
)
def test_status_of_a_charge(kind: str, changes: dict[str, Any], status: str) -> None:
    assert row(stripe.event(kind, stripe.charge(**changes)), "cash")["status"] == status


def test_only_what_was_captured_counts() -> None:
    assert row(stripe.event("charge.captured", stripe.charge(amount_captured=1_999)), "cash")["amount"] == Decimal("19.99")


def test_a_refunded_charge_lists_its_refunds() -> None:
    listed = {"object": "list", "data": [stripe.refund(id="re_2", amount=100), stripe.refund()], "has_more": False}
    found = rows(normalise(stripe.event("charge.refunded", stripe.charge(amount_refunded=1_000, refunds=listed))), "cash")
    assert [(cash["kind"], cash["object_id"], cash["amount"]) for cash in found] == [
        ("payment", "stripe:ch_1", Decimal("30.0000")),
        ("refund", "stripe:re_2", Decimal("1.0000")),
        ("refund", "stripe:re_1", Decimal("9.0000")),
    ]
    assert found[0]["amount_refunded"] == Decimal("10.0000")
    assert len({cash["row_key"] for cash in found}) == 3


def test_what_was_authorised_and_not_captured_is_no_refund() -> None:
    """206.75 authorised and 203.00 captured: Stripe tells the other 3.75 as refunded. Of the rest 50.00 went back later."""
    released = stripe.refund(id="re_released", amount=375, created=stripe.JANUARY)
    listed = {"object": "list", "data": [stripe.refund(amount=5_000), released], "has_more": False}
    captured = {"amount": 20_675, "amount_captured": 20_300}
    found = rows(
        normalise(stripe.event("charge.refunded", stripe.charge(**captured, amount_refunded=5_375, refunds=listed))), "cash"
    )
    assert [(cash["object_id"], cash["amount"]) for cash in found] == [
        ("stripe:ch_1", Decimal("203.00")),
        ("stripe:re_1", Decimal("50.00")),
    ]
    assert found[0]["amount_refunded"] == Decimal("50.00")  # 53.75 - (206.75 - 203.00)
    only_released = stripe.event("charge.captured", stripe.charge(**captured, amount_refunded=375))
    assert row(only_released, "cash")["amount_refunded"] == 0


def test_an_authorisation_that_is_given_up_refunds_nothing() -> None:
    listed = {"object": "list", "data": [stripe.refund(amount=3_000)], "has_more": False}
    given_up = {"captured": False, "amount_captured": 0, "refunded": True, "amount_refunded": 3_000, "refunds": listed}
    payment = row(stripe.event("charge.refunded", stripe.charge(**given_up)), "cash")
    assert (payment["kind"], payment["status"], payment["amount_refunded"]) == ("payment", "canceled", 0)


def test_a_refund_names_its_payment() -> None:
    refund = row(stripe.event("refund.updated", stripe.refund(status="requires_action")), "cash")
    assert (refund["payment_id"], refund["payment_group_id"], refund["status"]) == ("stripe:ch_1", "stripe:pi_1", "pending")
    assert (refund["direction"], int(refund["effective_at"].timestamp())) == ("out", stripe.FEBRUARY)


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("charge.dispute.created", "warning_needs_response", [("dispute", "pending")]),
        ("charge.dispute.created", "needs_response", [("dispute", "succeeded")]),
        ("charge.dispute.closed", "lost", [("dispute", "succeeded")]),
        ("charge.dispute.closed", "prevented", [("dispute", "canceled")]),
        ("charge.dispute.closed", "won", [("dispute", "succeeded"), ("dispute_reversal", "succeeded")]),
        ("charge.dispute.funds_reinstated", "under_review", [("dispute", "succeeded"), ("dispute_reversal", "succeeded")]),
    ],
)
def test_disputes(kind: str, status: str, expected: list[tuple[str, str]]) -> None:
    found = rows(normalise(stripe.event(kind, stripe.dispute(status=status))), "cash")
    assert [(cash["kind"], cash["status"]) for cash in found] == expected


def test_a_reversal_is_money_in_from_the_day_it_came() -> None:
    when = stripe.FEBRUARY + 9 * stripe.DAY
    dispute, reversal = rows(
        normalise(stripe.event("charge.dispute.closed", stripe.dispute(status="won"), created=when)), "cash"
    )
    assert (dispute["direction"], int(dispute["effective_at"].timestamp())) == ("out", stripe.FEBRUARY)
    assert (reversal["direction"], int(reversal["effective_at"].timestamp())) == ("in", when)
    assert reversal["object_id"] == "stripe:dp_1:reversal"


def test_an_invoice_paid_out_of_band_names_no_cash() -> None:
    normalised = normalise(stripe.event("invoice.paid", stripe.invoice(paid_out_of_band=True)))
    assert rows(normalised, "cash_applications") == []


@pytest.mark.parametrize(
    ("changes", "refunded"),
    [
        ({}, "12.0000"),
        ({"refund": None}, "0.0000"),
        ({"out_of_band_amount": 200}, "10.0000"),  # 12.00 - 2.00
        ({"refunds": [{"amount_refunded": 300}, {"amount_refunded": 400}]}, "7.0000"),
    ],
)
def test_what_of_a_credit_note_was_refunded(changes: dict[str, Any], refunded: str) -> None:
    note = row(stripe.event("credit_note.created", stripe.credit_note(**changes)), "documents")
    assert (note["amount_paid"], note["status"]) == (Decimal(refunded), "paid")
    assert note["amount_remaining"] == Decimal("12.0000") - Decimal(refunded)
    assert (note["subtotal"], note["tax"]) == (Decimal("10.0000"), Decimal("2.0000"))


def test_a_void_credit_note_is_void() -> None:
    note = row(
        stripe.event("credit_note.voided", stripe.credit_note(status="void", voided_at=stripe.FEBRUARY)), "documents"
    )
    assert (note["kind"], note["status"], note["corrects_document_id"]) == ("credit_note", "void", "stripe:in_1")


def test_a_dispute_that_was_prevented_by_giving_the_money_back_has_moved_it() -> None:
    back = [{"id": "txn_1", "amount": -3_000, "currency": "usd", "fee": 0, "created": stripe.FEBRUARY}]
    prevented = stripe.dispute(status="prevented", balance_transactions=back)
    assert row(stripe.event("charge.dispute.closed", prevented), "cash")["status"] == "succeeded"
