"""Paddle Billing notifications of our own making, in the vendor's documented shape, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

JANUARY, FEBRUARY = "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"
PERIOD = {"starts_at": JANUARY, "ends_at": FEBRUARY}


def notification(kind: str, entity: Record, **more: Any) -> Record:
    return {
        "event_id": "evt_1",
        "event_type": kind,
        "occurred_at": "2025-01-01T00:01:00.123456Z",
        "notification_id": "ntf_1",
        "data": entity,
        **more,
    }


def price(**more: Any) -> Record:
    return {
        "id": "pri_1",
        "product_id": "pro_1",
        "status": "active",
        "description": "Monthly",
        "unit_price": {"amount": "10000", "currency_code": "USD"},
        "unit_price_overrides": [],
        "billing_cycle": {"interval": "month", "frequency": 1},
        "trial_period": None,
        "custom_data": None,
        "created_at": JANUARY,
        "updated_at": JANUARY,
        **more,
    }


def line(number: int = 1, subtotal: int = 10_000, discount: int = 1_000, tax: int = 1_800, **more: Any) -> Record:
    """100.00 less 10.00, and 20 % tax on the 90.00."""
    total = subtotal - discount + tax
    return {
        "id": f"txnitm_{number}",
        "price_id": "pri_1",
        "quantity": 2,
        "totals": {"subtotal": str(subtotal), "discount": str(discount), "tax": str(tax), "total": str(total)},
        "product": {"id": "pro_1", "name": "Seat"},
        "proration": None,
        "tax_rate": "0.2",
        **more,
    }


def payment(**more: Any) -> Record:
    return {
        "payment_attempt_id": "try-1",
        "amount": "10800",
        "status": "captured",
        "error_code": None,
        "created_at": "2025-01-01T00:00:10Z",
        "captured_at": "2025-01-01T00:00:20Z",
        "method_details": {"type": "card", "card": {"last4": "4242"}},
        **more,
    }


def transaction(*lines: Record, payments: list[Record] | None = None, credit: int = 0, **more: Any) -> Record:
    """Completed: what is owed after credits was paid by card, and Paddle kept 5 % and 50 cents."""
    lines = lines or (line(),)
    sums = {name: sum(int(item["totals"][name]) for item in lines) for name in ("subtotal", "discount", "tax", "total")}
    asked = sums["total"] - credit
    fee = asked // 20 + 50
    totals = {
        **{name: str(amount) for name, amount in sums.items()},
        "credit": str(credit),
        "credit_to_balance": "0",
        "balance": "0",
        "grand_total": str(asked),
        "fee": str(fee),
        "earnings": str(asked - sums["tax"] - fee),
        "currency_code": "USD",
    }
    return {
        "id": "txn_1",
        "status": "completed",
        "customer_id": "ctm_1",
        "subscription_id": "sub_1",
        "currency_code": "USD",
        "origin": "subscription_recurring",
        "collection_mode": "automatic",
        "invoice_number": "325-1",
        "billed_at": "2025-01-01T00:00:05Z",
        "created_at": JANUARY,
        "updated_at": "2025-01-01T00:00:30Z",
        "billing_period": PERIOD,
        "billing_details": None,
        "custom_data": {"order_id": "A-17", "nested": {"list": [1]}},
        "items": [{"price": price(), "quantity": 2, "proration": None}],
        "details": {
            "totals": totals,
            "adjusted_totals": None,
            # 0.8 GBP for a dollar
            "payout_totals": {
                "currency_code": "GBP",
                "grand_total": str(asked * 8 // 10),
                "fee": str(fee * 8 // 10),
                "tax": str(sums["tax"] * 8 // 10),
            },
            "line_items": list(lines),
        },
        "payments": [payment(amount=str(asked))] if payments is None else payments,
        **more,
    }


def subscription(**more: Any) -> Record:
    return {
        "id": "sub_1",
        "status": "active",
        "customer_id": "ctm_1",
        "currency_code": "USD",
        "created_at": JANUARY,
        "updated_at": "2025-01-01T00:00:30Z",
        "started_at": JANUARY,
        "canceled_at": None,
        "current_billing_period": PERIOD,
        "scheduled_change": None,
        "custom_data": None,
        "items": [{"status": "active", "quantity": 2, "recurring": True, "trial_dates": None, "price": price()}],
        **more,
    }


def adjustment(action: str = "refund", status: str = "approved", **more: Any) -> Record:
    """60.00 of the transaction, of which 10.00 is tax; Paddle gives 2.50 of its fee back."""
    return {
        "id": "adj_1",
        "action": action,
        "status": status,
        "reason": "error",
        "transaction_id": "txn_1",
        "subscription_id": "sub_1",
        "customer_id": "ctm_1",
        "currency_code": "USD",
        "credit_applied_to_balance": None,
        "created_at": "2025-01-20T00:00:00Z",
        "updated_at": "2025-01-21T00:00:00Z",
        "items": [
            {
                "id": "adjitm_1",
                "item_id": "txnitm_1",
                "type": "partial",
                "amount": "6000",
                "proration": None,
                "totals": {"subtotal": "5000", "tax": "1000", "total": "6000"},
            }
        ],
        "totals": {"subtotal": "5000", "tax": "1000", "total": "6000", "fee": "250", "earnings": "4750"},
        "payout_totals": {"currency_code": "GBP", "total": "4800", "chargeback_fee": {"amount": "0", "original": None}},
        **more,
    }


def customer(**more: Any) -> Record:
    return {"id": "ctm_1", "name": "Ada", "email": "ada@example.com", "created_at": JANUARY, "updated_at": JANUARY, **more}


# One sound record of every kind and place that carries facts.
SOUND: dict[str, Record] = {
    "transaction": notification("transaction.completed", transaction()),
    "draft": notification("transaction.created", transaction(status="draft", billed_at=None, payments=[])),
    "subscription": notification("subscription.created", subscription()),
    "refund": notification("adjustment.created", adjustment()),
    "credit": notification("adjustment.created", adjustment("credit")),
    "chargeback": notification("adjustment.created", adjustment("chargeback")),
    "customer": notification("customer.created", customer()),
    "business": notification(
        "business.created", {"id": "biz_1", "customer_id": "ctm_1", "name": "Ada Ltd", "tax_identifier": "GB123"}
    ),
    "product": notification("product.created", {"id": "pro_1", "name": "Seat", "tax_category": "saas", "status": "active"}),
    "price": notification("price.created", price()),
    "payout": notification("payout.paid", {"id": "pay_1", "status": "paid", "amount": "50000", "currency_code": "GBP"}),
    "bare transaction": transaction(),
    "answer": {"data": subscription(), "meta": {"request_id": "r"}},
}
