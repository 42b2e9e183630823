"""Chargebee events of our own making, in the documented shape of API v2, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

DAY = 86_400
JANUARY = 1_735_689_600  # 2025-01-01T00:00:00Z
FEBRUARY = JANUARY + 31 * DAY


def event(kind: str, content: Record, **more: Any) -> Record:
    return {
        "id": "ev_1",
        "occurred_at": JANUARY + 60,
        "source": "scheduled_job",
        "object": "event",
        "api_version": "v2",
        "event_type": kind,
        "webhook_status": "not_configured",
        "content": content,
        **more,
    }


def customer(**more: Any) -> Record:
    return {
        "id": "cust_1",
        "object": "customer",
        "first_name": "Ada",
        "last_name": "Byron",
        "email": "ada@example.com",
        "vat_number": "GB123",
        "billing_address": {"country": "GB", "object": "billing_address"},
        "meta_data": {"salesforce_account_id": "001x"},
        "deleted": False,
        "resource_version": 1_735_689_660_000,
        "updated_at": JANUARY + 60,
        **more,
    }


def subscription(**more: Any) -> Record:
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer_id": "cust_1",
        "status": "active",
        "currency_code": "USD",
        "billing_period": 1,
        "billing_period_unit": "month",
        "created_at": JANUARY,
        "started_at": JANUARY,
        "current_term_start": JANUARY,
        "current_term_end": FEBRUARY,
        "deleted": False,
        "resource_version": 1_735_689_660_001,
        "updated_at": JANUARY + 60,
        "subscription_items": [
            {
                "item_price_id": "seat-USD-Monthly",
                "item_type": "plan",
                "quantity": 2,
                "unit_price": 5_000,
                "amount": 10_000,
                "object": "subscription_item",
            }
        ],
        **more,
    }


def line(number: int = 1, amount: int = 10_000, discount: int = 1_000, tax: int = 1_800, **more: Any) -> Record:
    return {
        "id": f"li_{number}",
        "object": "line_item",
        "subscription_id": "sub_1",
        "customer_id": "cust_1",
        "description": "Seat",
        "entity_type": "plan_item_price",
        "entity_id": "seat-USD-Monthly",
        "quantity": 2,
        "unit_amount": amount // 2,
        "amount": amount,
        "discount_amount": discount,
        "item_level_discount_amount": 0,
        "is_taxed": True,
        "tax_amount": tax,
        "date_from": JANUARY,
        "date_to": FEBRUARY,
        **more,
    }


def document(*lines: Record, inclusive: bool = False, round_off: int = 0, **more: Any) -> Record:
    """100.00 less 10.00, and 20 % tax on the 90.00: 108.00. Or, tax included, 90.00 of which the tax is a part."""
    lines = lines or (line(),)
    gross, discount, tax = (sum(item[name] for item in lines) for name in ("amount", "discount_amount", "tax_amount"))
    return {
        "customer_id": "cust_1",
        "subscription_id": "sub_1",
        "price_type": "tax_inclusive" if inclusive else "tax_exclusive",
        "currency_code": "USD",
        "date": JANUARY + 30,
        "total": gross - discount + (0 if inclusive else tax) + round_off,
        "round_off_amount": round_off,
        "line_items": list(lines),
        "line_item_discounts": [
            {"object": "line_item_discount", "line_item_id": item["id"], "discount_amount": item["discount_amount"]}
            for item in lines
            if item["discount_amount"]
        ],
        "taxes": [{"object": "tax", "name": "VAT", "amount": tax}],
        "deleted": False,
        "resource_version": 1_735_689_660_002,
        "updated_at": JANUARY + 60,
        **more,
    }


def invoice(*lines: Record, **more: Any) -> Record:
    shape = document(*lines, **{name: more.pop(name) for name in ("inclusive", "round_off") if name in more})
    return {
        **shape,
        "id": "1001",
        "object": "invoice",
        "status": "paid",
        "tax": sum(tax["amount"] for tax in shape["taxes"]),
        "sub_total": sum(item["amount"] for item in shape["line_items"]),
        "due_date": JANUARY + 30,
        "paid_at": JANUARY + 40,
        "amount_paid": shape["total"],
        "amount_adjusted": 0,
        "credits_applied": 0,
        "amount_due": 0,
        "write_off_amount": 0,
        "linked_payments": [
            {
                "txn_id": "txn_1",
                "applied_amount": shape["total"],
                "applied_at": JANUARY + 40,
                "txn_status": "success",
                "txn_date": JANUARY + 40,
                "txn_amount": shape["total"],
            }
        ],
        "applied_credits": [],
        **more,
    }


def credit_note(*lines: Record, **more: Any) -> Record:
    """Half of the month: 50.00 less 5.00 and 9.00 tax, 54.00, of which 20.00 were refunded."""
    lines = lines or (line(amount=5_000, discount=500, tax=900),)
    return {
        **document(*lines),
        "id": "CN-1",
        "object": "credit_note",
        "type": "refundable",
        "status": "refund_due",
        "reason_code": "service_unsatisfactory",
        "reference_invoice_id": "1001",
        "amount_allocated": 0,
        "amount_refunded": 2_000,
        "amount_available": 3_400,
        **more,
    }


def transaction(**more: Any) -> Record:
    return {
        "id": "txn_1",
        "object": "transaction",
        "customer_id": "cust_1",
        "subscription_id": "sub_1",
        "type": "payment",
        "status": "success",
        "payment_method": "card",
        "gateway": "stripe",
        "id_at_gateway": "ch_1",
        "date": JANUARY + 40,
        "currency_code": "USD",
        "amount": 10_800,
        "amount_unused": 0,
        "deleted": False,
        "resource_version": 1_735_689_660_003,
        "updated_at": JANUARY + 60,
        "linked_invoices": [
            {"invoice_id": "1001", "applied_amount": 10_800, "applied_at": JANUARY + 40, "invoice_status": "paid"}
        ],
        "linked_credit_notes": [],
        **more,
    }


def refund(**more: Any) -> Record:
    links = [{"cn_id": "CN-1", "applied_amount": 2_000, "cn_reference_invoice_id": "1001"}]
    return transaction(
        **{
            "id": "txn_2",
            "type": "refund",
            "amount": 2_000,
            "id_at_gateway": "re_1",
            "linked_invoices": [],
            "linked_credit_notes": links,
            "linked_payments": [{"id": "txn_1", "amount": 10_800}],
            **more,
        }
    )


def item_price(**more: Any) -> Record:
    return {
        "id": "seat-USD-Monthly",
        "object": "item_price",
        "item_id": "seat",
        "name": "Seat monthly",
        "currency_code": "USD",
        "price": 5_000,
        "pricing_model": "per_unit",
        "period": 1,
        "period_unit": "month",
        "status": "active",
        "created_at": JANUARY,
        "updated_at": JANUARY,
        **more,
    }


def usage(**more: Any) -> Record:
    return {
        "id": "us_1",
        "object": "usage",
        "subscription_id": "sub_1",
        "item_price_id": "calls-USD-Monthly",
        "quantity": "12.5",
        "usage_date": JANUARY + DAY,
        "updated_at": JANUARY + DAY,
        **more,
    }


# One sound record of every kind and place that carries facts.
SOUND: dict[str, Record] = {
    "payment": event(
        "payment_succeeded",
        {"transaction": transaction(), "invoice": invoice(), "customer": customer(), "subscription": subscription()},
    ),
    "invoice": event("invoice_generated", {"invoice": invoice()}),
    "inclusive": event("invoice_updated", {"invoice": invoice(inclusive=True, round_off=-1)}),
    "credit note": event("credit_note_created", {"credit_note": credit_note()}),
    "refund": event("payment_refunded", {"transaction": refund(), "credit_note": credit_note()}),
    "subscription": event("subscription_created", {"subscription": subscription(), "customer": customer()}),
    "usage": event("usage_created", {"usage": usage()}),
    "item": event("item_created", {"item": {"id": "seat", "name": "Seat", "type": "plan", "status": "active"}}),
    "price": event("item_price_created", {"item_price": item_price()}),
    "plan": event("plan_created", {"plan": item_price(id="basic", object="plan", name="Basic")}),
    "answer": {"invoice": invoice()},
    "bare": credit_note(),
}
