"""WooCommerce records of our own making, in the shape of wc/v3, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

SITE = "https://shop.example.com"


def delivery(topic: str, body: Record, delivery_id: str | None = "d-1", **more: Any) -> Record:
    return {"delivery": {"topic": topic, "id": delivery_id, "at": None, "account": SITE, **more}, "body": body}


def item(number: int, total: str, tax: str = "0.00", quantity: int = 1, **more: Any) -> Record:
    return {
        "id": 300 + number,
        "name": f"Thing {number}",
        "product_id": 90 + number,
        "variation_id": 0,
        "quantity": quantity,
        "subtotal": total,
        "total": total,
        "total_tax": tax,
        "sku": f"T-{number}",
        **more,
    }


def shipping(total: str, tax: str = "0.00") -> Record:
    return {"id": 320, "method_title": "Flat rate", "total": total, "total_tax": tax}


def fee(total: str, tax: str = "0.00") -> Record:
    return {"id": 330, "name": "Gift wrap", "total": total, "total_tax": tax}


def order(**more: Any) -> Record:
    """2 x 30.00 less 6.00, 40.00 and 5.00 for shipping, each with 10 % of tax on top: 99.00 + 9.90 = 108.90."""
    return {
        "id": 727,
        "parent_id": 0,
        "number": "727",
        "order_key": "wc_order_58d2d042d1d",
        "status": "processing",
        "currency": "USD",
        "prices_include_tax": False,
        "date_created": "2025-01-10T09:00:00",
        "date_created_gmt": "2025-01-10T14:00:00",
        "date_modified_gmt": "2025-01-10T14:00:10",
        "date_paid_gmt": "2025-01-10T14:00:05",
        "date_completed_gmt": None,
        "total": "108.90",
        "total_tax": "9.90",
        "customer_id": 26,
        "billing": {"email": "ann@example.com"},
        "payment_method": "stripe",
        "transaction_id": "ch_3Qa",
        "line_items": [item(1, "54.00", "5.40", 2, subtotal="60.00"), item(2, "40.00", "4.00")],
        "shipping_lines": [shipping("5.00", "0.50")],
        "fee_lines": [],
        "coupon_lines": [{"id": 1, "code": "six-off", "discount": "6.00"}],
        "refunds": [],
        "meta_data": [{"id": 1, "key": "erp_order", "value": "SO-1001"}, {"id": 2, "key": "wish", "value": "with love"}],
        **more,
    }


def refund(**more: Any) -> Record:
    """Thing 2 came back: 40.00 and its tax of 4.00."""
    return {
        "id": 780,
        "parent_id": 727,
        "date_created_gmt": "2025-02-03T15:00:00",
        "amount": "44.00",
        "reason": "broken",
        "refunded_by": 1,
        "refunded_payment": True,
        "currency": "USD",
        "line_items": [item(2, "-40.00", "-4.00", -1)],
        "shipping_lines": [],
        "fee_lines": [],
        **more,
    }


def customer(**more: Any) -> Record:
    return {
        "id": 26,
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Lee",
        "date_created_gmt": "2024-11-01T08:00:00",
        "date_modified_gmt": "2025-01-10T14:00:00",
        "is_paying_customer": True,
        "billing": {"first_name": "Ann", "last_name": "Lee", "company": "", "country": "us"},
        **more,
    }


def product(**more: Any) -> Record:
    return {
        "id": 91,
        "name": "Thing 1",
        "status": "publish",
        "catalog_visibility": "visible",
        "sku": "T-1",
        "price": "30.00",
        "regular_price": "30.00",
        "manage_stock": True,
        "stock_quantity": 17,
        "date_created_gmt": "2024-01-01T00:00:00",
        "date_modified_gmt": "2025-01-01T00:00:00",
        "categories": [{"id": 9, "name": "Clothes"}, {"id": 10, "name": "Sale"}],
        "cost_of_goods_sold": {"values": [{"defined_value": 12.5}], "total_value": 12.5},
        **more,
    }


SOUND: dict[str, Record] = {
    "order created": delivery("order.created", order()),
    "order refunded in part": delivery(
        "order.updated",
        order(refunds=[{"id": 780, "reason": "broken", "total": "-44.00"}], date_completed_gmt="2025-01-12T17:00:00"),
    ),
    "bare order": order(status="cancelled", date_paid_gmt=None),
    "refund": refund(),
    "refund in an envelope": delivery("refund.created", refund(), currency="USD"),
    "customer": delivery("customer.updated", customer()),
    "product": delivery("product.updated", product(), currency="USD"),
}
"""One record of each kind and place that is accepted."""
