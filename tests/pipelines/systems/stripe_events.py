"""Stripe events of our own making, in the shape before and after 2025-03-31, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

DAY = 86_400
JANUARY = 1_735_689_600  # 2025-01-01T00:00:00Z
FEBRUARY = JANUARY + 31 * DAY


def event(kind: str, carried: Record, previous: Record | None = None, created: int = JANUARY + 60, **more: Any) -> Record:
    data: Record = {"object": carried}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2020-08-27",
        "created": created,
        "data": data,
        "livemode": True,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
        **more,
    }


def price(amount: int = 3_000, currency: str = "usd", **more: Any) -> Record:
    return {
        "id": "price_1",
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": JANUARY,
        "currency": currency,
        "product": "prod_1",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
        "tiers_mode": None,
        "type": "recurring",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
        **more,
    }


def plan(amount: int = 3_000, currency: str = "usd", **more: Any) -> Record:
    return {
        "id": "price_1",
        "object": "plan",
        "active": True,
        "amount": amount,
        "amount_decimal": str(amount),
        "billing_scheme": "per_unit",
        "created": JANUARY,
        "currency": currency,
        "interval": "month",
        "interval_count": 1,
        "product": "prod_1",
        "tiers_mode": None,
        "usage_type": "licensed",
        **more,
    }


def subscription(modern: bool = False, **more: Any) -> Record:
    period = {"current_period_start": JANUARY, "current_period_end": FEBRUARY}
    item: Record = {"id": "si_1", "object": "subscription_item", "price": price(), "quantity": 2, "subscription": "sub_1"}
    shape: Record = {
        "id": "sub_1",
        "object": "subscription",
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "created": JANUARY,
        "customer": "cus_1",
        "ended_at": None,
        "items": {"object": "list", "data": [item], "has_more": False},
        "start_date": JANUARY,
        "status": "active",
        "trial_end": None,
        "trial_start": None,
    }
    if modern:
        item |= period
        shape["currency"] = "usd"
    else:
        item["plan"] = plan()
        shape |= period | {"plan": plan(), "quantity": 2}
    return shape | more


def line(
    amount: int = 3_000, modern: bool = False, number: int = 1, tax: int = 0, inclusive: bool = False, **more: Any
) -> Record:
    shape: Record = {
        "id": f"il_{number}",
        "object": "line_item",
        "amount": amount,
        "currency": "usd",
        "description": "1 x seat",
        "discount_amounts": [],
        "period": {"start": JANUARY, "end": FEBRUARY},
        "quantity": 1,
    }
    taxes: list[Record] = [{"amount": tax}] if tax else []
    if modern:
        details = {"proration": False, "subscription": "sub_1", "subscription_item": "si_1"}
        shape["parent"] = {
            "type": "subscription_item_details",
            "subscription_item_details": details,
            "invoice_item_details": None,
        }
        shape["pricing"] = {"type": "price_details", "price_details": {"price": "price_1", "product": "prod_1"}}
        shape["taxes"] = [part | {"tax_behavior": "inclusive" if inclusive else "exclusive"} for part in taxes]
    else:
        shape |= {"type": "subscription", "price": price(), "plan": plan(), "proration": False}
        shape |= {"subscription": "sub_1", "subscription_item": "si_1"}
        shape["tax_amounts"] = [part | {"inclusive": inclusive} for part in taxes]
    return shape | more


def invoice(*lines: Record, modern: bool = False, tax: int = 0, total: int | None = None, **more: Any) -> Record:
    """An invoice that is paid. `tax` is what comes on top of the lines."""
    lines = lines or (line(modern=modern, tax=tax),)
    owed = sum(item["amount"] for item in lines) + tax if total is None else total
    shape: Record = {
        "id": "in_1",
        "object": "invoice",
        "amount_due": owed,
        "amount_paid": owed,
        "amount_remaining": 0,
        "created": JANUARY,
        "currency": "usd",
        "customer": "cus_1",
        "due_date": None,
        "lines": {"object": "list", "data": list(lines), "has_more": False},
        "number": "A-1",
        "status": "paid",
        "status_transitions": {
            "finalized_at": JANUARY + 30,
            "paid_at": JANUARY + 50,
            "voided_at": None,
            "marked_uncollectible_at": None,
        },
        "subtotal": owed - tax,
        "total": owed,
    }
    taxes = [{"amount": tax}] if tax else []
    if modern:
        details = {"metadata": {}, "subscription": "sub_1"}
        shape["parent"] = {"type": "subscription_details", "quote_details": None, "subscription_details": details}
        shape["total_taxes"] = taxes
    else:
        shape |= {"subscription": "sub_1", "charge": "ch_1", "payment_intent": "pi_1", "paid": True}
        shape |= {"paid_out_of_band": False, "tax": tax, "total_tax_amounts": taxes}
    return shape | more


def charge(modern: bool = False, **more: Any) -> Record:
    shape: Record = {
        "id": "ch_1",
        "object": "charge",
        "amount": 3_000,
        "amount_captured": 3_000,
        "amount_refunded": 0,
        "captured": True,
        "created": JANUARY + 40,
        "currency": "usd",
        "customer": "cus_1",
        "failure_code": None,
        "paid": True,
        "payment_intent": "pi_1",
        "payment_method_details": {"card": {"brand": "visa"}, "type": "card"},
        "refunded": False,
        "status": "succeeded",
    }
    if not modern:
        shape |= {"invoice": "in_1", "refunds": {"object": "list", "data": [], "has_more": False}, "source": None}
    return shape | more


def refund(**more: Any) -> Record:
    return {
        "id": "re_1",
        "object": "refund",
        "amount": 900,
        "charge": "ch_1",
        "created": FEBRUARY,
        "currency": "usd",
        "payment_intent": "pi_1",
        "reason": "requested_by_customer",
        "status": "succeeded",
        **more,
    }


def dispute(**more: Any) -> Record:
    return {
        "id": "dp_1",
        "object": "dispute",
        "amount": 3_000,
        "charge": "ch_1",
        "created": FEBRUARY,
        "currency": "usd",
        "payment_intent": "pi_1",
        "reason": "fraudulent",
        "status": "needs_response",
        **more,
    }


def credit_note(modern: bool = False, **more: Any) -> Record:
    shape: Record = {
        "id": "cn_1",
        "object": "credit_note",
        "created": FEBRUARY,
        "currency": "usd",
        "customer": "cus_1",
        "customer_balance_transaction": None,
        "invoice": "in_1",
        "number": "A-1-CN-01",
        "out_of_band_amount": None,
        "reason": "duplicate",
        "status": "issued",
        "total": 1_200,
        "total_excluding_tax": 1_000,
        "voided_at": None,
    }
    if modern:
        shape |= {"refunds": [{"amount_refunded": 1_200, "refund": "re_1"}], "total_taxes": [{"amount": 200}]}
    else:
        shape |= {"refund": "re_1", "tax_amounts": [{"amount": 200, "inclusive": False}]}
    return shape | more


def invoice_payment(**more: Any) -> Record:
    return {
        "id": "inpay_1",
        "object": "invoice_payment",
        "amount_paid": 3_000,
        "currency": "usd",
        "invoice": "in_1",
        "payment": {"payment_intent": "pi_1", "type": "payment_intent"},
        "status": "paid",
        "status_transitions": {"canceled_at": None, "paid_at": JANUARY + 50},
        **more,
    }


def customer(**more: Any) -> Record:
    return {
        "id": "cus_1",
        "object": "customer",
        "address": {"country": "DE"},
        "currency": "usd",
        "email": "a@example.com",
        "name": "Ada",
        **more,
    }


def product(**more: Any) -> Record:
    return {
        "id": "prod_1",
        "object": "product",
        "active": True,
        "name": "Seat",
        "type": "service",
        "unit_label": "seat",
        **more,
    }


# One sound event of every kind that carries revenue.
SOUND: dict[str, Record] = {
    "customer": event("customer.created", customer()),
    "product": event("product.updated", product()),
    "price": event("price.created", price()),
    "plan": event("plan.created", plan()),
    "subscription": event("customer.subscription.updated", subscription(), {"status": "trialing"}),
    "new subscription": event("customer.subscription.created", subscription(modern=True)),
    "invoice": event("invoice.paid", invoice(line(tax=570), tax=570)),
    "new invoice": event("invoice.paid", invoice(line(modern=True, tax=570), modern=True, tax=570)),
    "credit note": event("credit_note.created", credit_note()),
    "new credit note": event("credit_note.created", credit_note(modern=True)),
    "invoice payment": event("invoice_payment.paid", invoice_payment()),
    "charge": event("charge.succeeded", charge()),
    "refunded charge": event(
        "charge.refunded", charge(amount_refunded=900, refunds={"object": "list", "data": [refund()], "has_more": False})
    ),
    "refund": event("refund.created", refund()),
    "dispute": event("charge.dispute.closed", dispute(status="won")),
}
