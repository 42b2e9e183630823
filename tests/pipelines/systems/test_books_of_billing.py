"""From records of billing systems to balances of the books: what is sold, paid, refunded and credited counts once.

Each story sells a month of service for 90.00 and 18.00 tax, is paid, and gives half of it back. What money became in the
currency of the bank is left out.
"""

from __future__ import annotations

import pytest

from tests.pipelines.systems import chargebee_records as chargebee
from tests.pipelines.systems import paddle_records as paddle
from tests.pipelines.systems import recurly_records as recurly
from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.books import balances
from tests.pipelines.systems.normalising import Record

# Half of 90.00 is given back, and half of the tax; nothing is open.
HALF = {"Revenue": "90.00"}
REMITTED, OWED = {"Fees": "5.90"}, {"TaxLiability": "9.00"}


def paddle_story(action: str) -> list[Record]:
    """54.00 of 108.00, by a refund or as a credit."""
    totals = {"subtotal": "4500", "tax": "900", "total": "5400", "fee": "0"}
    item = {"id": "adjitm_1", "item_id": "txnitm_1", "type": "partial", "amount": "5400", "totals": totals}
    back = paddle.adjustment(action, items=[item], totals=totals, created_at="2025-02-10T00:00:00Z")
    sold = paddle.notification("transaction.completed", paddle.transaction(subscription_id=None))
    return [sold, paddle.notification("adjustment.updated", back, event_id="evt_2", occurred_at="2025-02-10T00:00:00Z")]


def chargebee_story(refunded: int) -> list[Record]:
    """A credit note of 54.00, of which so many cents are refunded."""
    later = chargebee.FEBRUARY + chargebee.DAY
    note = chargebee.credit_note(amount_refunded=refunded, date=later)
    content: Record = {"credit_note": note}
    if refunded:
        content["transaction"] = chargebee.refund(amount=refunded, date=later)
    return [
        chargebee.event("payment_succeeded", {"invoice": chargebee.invoice(), "transaction": chargebee.transaction()}),
        chargebee.event("credit_note_created", content, id="ev_2", occurred_at=later),
    ]


def recurly_story(refunded: float) -> list[Record]:
    later = {"created_at": "2025-02-10T00:00:00Z", "updated_at": "2025-02-10T00:00:00Z"}
    refunds = [recurly.refund(amount=refunded, **later, collected_at=later["created_at"])] if refunded else []
    return [recurly.invoice(), recurly.credit_invoice(paid=-refunded, transactions=refunds, **later)]


@pytest.mark.parametrize(
    ("source", "records", "expected"),
    [
        # Paddle keeps 5.90 as its fee and remits the 9.00 of tax: 54.00 - 5.90 - 9.00
        ("paddle", paddle_story("refund"), REMITTED | {"Cash": "39.10", "Refunds": "45.00"}),
        (
            "paddle",
            paddle_story("credit"),
            REMITTED | {"Cash": "93.10", "CreditNotes": "45.00", "CustomerBalance": "54.00"},
        ),
        ("paddle", paddle_story("chargeback"), REMITTED | {"Cash": "39.10", "Disputes": "45.00"}),
        ("chargebee", chargebee_story(5_400), OWED | {"Cash": "54.00", "Refunds": "45.00"}),
        ("chargebee", chargebee_story(0), OWED | {"Cash": "108.00", "CreditNotes": "45.00", "CustomerBalance": "54.00"}),
        # 20.00 of 54.00 in cash: 20/108 of the 90.00 is 16.67, and 34/108 is 28.33
        (
            "chargebee",
            chargebee_story(2_000),
            OWED | {"Cash": "88.00", "CreditNotes": "28.33", "CustomerBalance": "34.00", "Refunds": "16.67"},
        ),
        ("recurly", recurly_story(54.0), OWED | {"Cash": "54.00", "Refunds": "45.00"}),
        ("recurly", recurly_story(0.0), OWED | {"Cash": "108.00", "CreditNotes": "45.00", "CustomerBalance": "54.00"}),
    ],
)
def test_half_of_a_sale_is_given_back_once(source: str, records: list[Record], expected: dict[str, str]) -> None:
    assert balances(source, *records) == HALF | expected


def test_a_stripe_invoice_paid_outside_leaves_nothing_open() -> None:
    invoice = stripe.invoice(paid_out_of_band=True, charge=None, payment_intent=None)
    assert balances("stripe", stripe.event("invoice.paid", invoice)) == {"Cash": "30.00", "Revenue": "30.00"}


def test_a_recurly_invoice_that_was_marked_as_paid_leaves_nothing_open() -> None:
    marked = recurly.invoice(paid=0.0, transactions=[])
    assert balances("recurly", marked) == {"Cash": "108.00", "Revenue": "90.00", "TaxLiability": "18.00"}


def test_a_write_off_closes_what_is_owed() -> None:
    """108.00 were never paid and are written off by a credit invoice."""
    owed = recurly.invoice(
        state="failed",
        paid=0.0,
        balance=0.0,
        transactions=[],
        credit_payments=[recurly.credit_payment(action="write_off", amount=108.0)],
    )
    written_off = recurly.credit_invoice(
        line_items=[recurly.line(subtotal=-100.0, discount=-10.0, tax=-18.0)],
        total=-108.0,
        tax=-18.0,
        paid=0.0,
        origin="write_off",
        state="closed",
        transactions=[],
        created_at="2025-02-10T00:00:00Z",
    )
    assert balances("recurly", owed, written_off) == {"CreditNotes": "90.00", "Revenue": "90.00"}


def test_a_returned_debit_opens_the_invoice_again() -> None:
    later = chargebee.FEBRUARY + chargebee.DAY
    back = chargebee.transaction(
        id="txn_3", type="payment_reversal", reference_transaction_id="txn_1", date=later, linked_invoices=[]
    )
    records = [
        chargebee.event("payment_succeeded", {"invoice": chargebee.invoice(), "transaction": chargebee.transaction()}),
        chargebee.event("transaction_created", {"transaction": back}, id="ev_2", occurred_at=later),
    ]
    assert balances("chargebee", *records) == {"AccountsReceivable": "108.00", "Revenue": "90.00", "TaxLiability": "18.00"}
