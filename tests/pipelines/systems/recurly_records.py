"""Recurly resources of our own making, in the documented shape of API v2021-02-25, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

JANUARY, FEBRUARY = "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"
ACCOUNT = {"id": "acc_1", "object": "account", "code": "A-1", "email": "ada@example.com"}


def account(**more: Any) -> Record:
    return {
        **ACCOUNT,
        "first_name": "Ada",
        "last_name": "Byron",
        "company": "",
        "vat_number": "GB123",
        "parent_account_id": None,
        "state": "active",
        "address": {"country": "GB"},
        "created_at": JANUARY,
        "updated_at": JANUARY,
        "deleted_at": None,
        **more,
    }


def plan(**more: Any) -> Record:
    return {
        "id": "plan_1",
        "object": "plan",
        "code": "seat",
        "name": "Seat",
        "state": "active",
        "interval_unit": "months",
        "interval_length": 1,
        "currencies": [
            {"currency": "USD", "setup_fee": 0.0, "unit_amount": 50.0},
            {"currency": "EUR", "unit_amount": 45.5},
        ],
        "created_at": JANUARY,
        "updated_at": JANUARY,
        **more,
    }


def subscription(**more: Any) -> Record:
    return {
        "id": "sub_1",
        "object": "subscription",
        "account": ACCOUNT,
        "plan": {"id": "plan_1", "object": "plan_mini", "code": "seat", "name": "Seat"},
        "state": "active",
        "currency": "USD",
        "unit_amount": 50.0,
        "quantity": 2,
        "add_ons": [],
        "created_at": JANUARY,
        "updated_at": JANUARY,
        "activated_at": JANUARY,
        "expires_at": None,
        "current_period_started_at": JANUARY,
        "current_period_ends_at": FEBRUARY,
        "current_term_ends_at": "2026-01-01T00:00:00Z",
        "trial_started_at": None,
        "trial_ends_at": None,
        **more,
    }


def line(number: int = 1, subtotal: float = 100.0, discount: float = 10.0, tax: float = 18.0, **more: Any) -> Record:
    return {
        "id": f"line_{number}",
        "object": "line_item",
        "type": "charge" if subtotal >= 0 else "credit",
        "description": "Seat",
        "subscription_id": "sub_1",
        "plan_id": "plan_1",
        "add_on_id": None,
        "quantity": 2,
        "unit_amount": subtotal / 2,
        "subtotal": subtotal,
        "discount": discount,
        "tax": tax,
        "tax_inclusive": False,
        "amount": subtotal - discount + tax,
        "proration_rate": None,
        "start_date": JANUARY,
        "end_date": FEBRUARY,
        **more,
    }


def transaction(**more: Any) -> Record:
    return {
        "id": "txn_1",
        "object": "transaction",
        "type": "purchase",
        "status": "success",
        "success": True,
        "amount": 108.0,
        "currency": "USD",
        "account": ACCOUNT,
        "invoice": {"id": "inv_1", "object": "invoice_mini", "number": "1001", "type": "charge", "state": "paid"},
        "original_transaction_id": None,
        "payment_method": {"object": "credit_card", "card_type": "Visa"},
        "payment_gateway": {"id": "gw", "object": "payment_gateway_mini", "type": "Stripe", "name": "Stripe"},
        "gateway_reference": "ch_1",
        "status_code": "approved",
        "created_at": "2025-01-01T00:00:10Z",
        "updated_at": "2025-01-01T00:00:11Z",
        "collected_at": "2025-01-01T00:00:12Z",
        **more,
    }


def credit_payment(**more: Any) -> Record:
    return {
        "id": "cp_1",
        "object": "credit_payment",
        "action": "payment",
        "amount": 34.0,
        "currency": "USD",
        "account": ACCOUNT,
        "original_invoice": {"id": "inv_9", "object": "invoice_mini"},
        "applied_to_invoice": {"id": "inv_1", "object": "invoice_mini"},
        "created_at": "2025-01-01T00:00:05Z",
        "updated_at": "2025-01-01T00:00:05Z",
        "voided_at": None,
        **more,
    }


def invoice(*lines: Record, **more: Any) -> Record:
    """100.00 less 10.00, and 20 % tax on the 90.00: 108.00."""
    lines = lines or (line(),)
    total = sum(item["subtotal"] - item["discount"] + (0 if item["tax_inclusive"] else item["tax"]) for item in lines)
    return {
        "id": "inv_1",
        "object": "invoice",
        "type": "charge",
        "origin": "purchase",
        "state": "paid",
        "number": "1001",
        "account": ACCOUNT,
        "subscription_ids": ["sub_1"],
        "previous_invoice_id": None,
        "currency": "USD",
        "subtotal": sum(item["subtotal"] for item in lines),
        "discount": sum(item["discount"] for item in lines),
        "tax": sum(item["tax"] for item in lines),
        "total": total,
        "paid": total,
        "balance": 0.0,
        "po_number": None,
        "has_more_line_items": False,
        "line_items": list(lines),
        "transactions": [transaction(amount=total)],
        "credit_payments": [],
        "created_at": JANUARY,
        "updated_at": "2025-01-01T00:00:20Z",
        "due_at": JANUARY,
        "closed_at": "2025-01-01T00:00:12Z",
        **more,
    }


def refund(**more: Any) -> Record:
    return transaction(
        **{
            "id": "txn_2",
            "type": "refund",
            "amount": 20.0,
            "original_transaction_id": "txn_1",
            "invoice": {"id": "inv_2", "object": "invoice_mini"},
            "gateway_reference": "re_1",
            **more,
        }
    )


def credit_invoice(**more: Any) -> Record:
    """Half of the month: 50.00 less 5.00 and 9.00 tax, 54.00, of which 20.00 were refunded."""
    credited = line(subtotal=-50.0, discount=-5.0, tax=-9.0, original_line_item_invoice_id="inv_1")
    return invoice(
        credited,
        **{
            "id": "inv_2",
            "type": "credit",
            "origin": "refund",
            "state": "open",
            "number": "1002",
            "previous_invoice_id": "inv_1",
            "paid": -20.0,
            "balance": -34.0,
            "transactions": [refund()],
            "created_at": "2025-01-16T00:00:00Z",
            "updated_at": "2025-01-16T00:00:10Z",
            "closed_at": None,
            **more,
        },
    )


# One sound resource of every kind that carries facts.
SOUND: dict[str, Record] = {
    "account": account(),
    "plan": plan(),
    "subscription": subscription(),
    "invoice": invoice(),
    "inclusive": invoice(line(tax_inclusive=True), id="inv_3", transactions=[transaction(id="txn_3", amount=90.0)]),
    "credit invoice": credit_invoice(),
    "gift card": credit_invoice(id="inv_4", origin="gift_card", previous_invoice_id=None, transactions=[]),
    "transaction": transaction(),
    "refund": refund(),
    "credit payment": credit_payment(),
}
