"""Orders of a Shopify shop, and what belongs to them."""

from __future__ import annotations

from typing import Any

from tests.pipelines.systems.shopify_cash_records import transaction
from tests.pipelines.systems.shopify_told import told

Record = dict[str, Any]


def tax(amount: str, currency: str = "USD") -> Record:
    return {"title": "VAT", "rate": 0.1, **told("price", amount, currency)}


def item(
    number: int, price: str, quantity: int = 1, discount: str | None = None, taxes: str | None = None, **more: Any
) -> Record:
    allocations = [{"discount_application_index": 0, **told("amount", discount)}] if discount else []
    return {
        "id": 700 + number,
        "product_id": 600 + number,
        "variant_id": 800 + number,
        "name": f"Thing {number}",
        "quantity": quantity,
        "gift_card": False,
        "total_discount": "0.00",
        **told("price", price),
        "discount_allocations": allocations,
        "tax_lines": [tax(taxes)] if taxes else [],
        "properties": [],
        **more,
    }


def shipping(price: str, taxes: str | None = None, **more: Any) -> Record:
    return {
        "id": 900,
        "title": "Post",
        **told("price", price),
        **told("discounted_price", price),
        "discount_allocations": [],
        "tax_lines": [tax(taxes)] if taxes else [],
        **more,
    }


def customer(**more: Any) -> Record:
    return {
        "id": 207,
        "email": "ann@example.com",
        "created_at": "2024-11-01T08:00:00-05:00",
        "updated_at": "2025-01-10T09:00:00-05:00",
        "first_name": "Ann",
        "last_name": "Lee",
        "verified_email": True,
        "currency": "USD",
        "default_address": {"company": None, "country_code": "us"},
        **more,
    }


def order(**more: Any) -> Record:
    """2 x 30.00 less 6.00, 40.00 and 5.00 for shipping, each with 10 % of tax on top: 99.00 + 9.90 = 108.90."""
    return {
        "id": 5001,
        "admin_graphql_api_id": "gid://shopify/Order/5001",
        "name": "#1001",
        "order_number": 1001,
        "test": False,
        "currency": "USD",
        "presentment_currency": "USD",
        "taxes_included": False,
        "financial_status": "pending",
        "created_at": "2025-01-10T09:00:00-05:00",
        "processed_at": "2025-01-10T09:00:00-05:00",
        "updated_at": "2025-01-10T09:00:00-05:00",
        "cancelled_at": None,
        "email": "ann@example.com",
        "checkout_id": 31001,
        "checkout_token": "ct31001",
        "cart_token": None,
        "source_name": "web",
        "source_identifier": None,
        "note_attributes": [{"name": "crm deal", "value": "D-204"}, {"name": "gift", "value": "with love"}],
        **told("total_price", "108.90"),
        **told("total_tax", "9.90"),
        **told("total_discounts", "6.00"),
        "customer": customer(),
        "line_items": [item(1, "30.00", 2, "6.00", "5.40"), item(2, "40.00", 1, None, "4.00")],
        "shipping_lines": [shipping("5.00", "0.50")],
        "fulfillments": [],
        "refunds": [],
        **more,
    }


def refund(**more: Any) -> Record:
    """The mug came back: 40.00 and its tax of 4.00, paid out."""
    return {
        "id": 3001,
        "order_id": 5001,
        "admin_graphql_api_id": "gid://shopify/Refund/3001",
        "created_at": "2025-02-03T10:00:00-05:00",
        "processed_at": "2025-02-03T10:00:00-05:00",
        "note": "broken",
        "restock": True,
        "refund_line_items": [
            {
                "id": 3101,
                "line_item_id": 702,
                "quantity": 1,
                "restock_type": "return",
                **told("subtotal", "40.00"),
                **told("total_tax", "4.00"),
                "line_item": item(2, "40.00"),
            }
        ],
        "order_adjustments": [],
        "transactions": [
            transaction(
                "refund",
                "44.00",
                id=4002,
                parent_id=4001,
                authorization="re_3Qb",
                receipt={"id": "re_3Qb"},
                created_at="2025-02-03T10:00:00-05:00",
                processed_at="2025-02-03T10:00:01-05:00",
            )
        ],
        **more,
    }


def fulfilment(**more: Any) -> Record:
    """One of the two shirts went out."""
    return {
        "id": 2001,
        "order_id": 5001,
        "admin_graphql_api_id": "gid://shopify/Fulfillment/2001",
        "status": "success",
        "service": "manual",
        "created_at": "2025-01-12T12:00:00-05:00",
        "updated_at": "2025-01-12T12:00:00-05:00",
        "tracking_number": "1Z2345",
        "line_items": [item(1, "30.00", 1)],
        **more,
    }


def draft_order(**more: Any) -> Record:
    """2 x 30.00 less 6.00 and 5.00 for shipping, 3.00 off the whole, 10 % of tax on top: 56.00 + 5.60 = 61.60."""
    return {
        "id": 1301,
        "admin_graphql_api_id": "gid://shopify/DraftOrder/1301",
        "name": "#D1",
        "status": "open",
        "email": "ann@example.com",
        "currency": "USD",
        "taxes_included": False,
        "created_at": "2025-01-02T10:00:00Z",
        "updated_at": "2025-01-02T10:00:00Z",
        "order_id": None,
        "invoice_url": "https://nettles.myshopify.com/1/invoices/8e72",
        "customer": customer(),
        "applied_discount": {"amount": "3.00"},
        "shipping_line": {"title": "Post", "price": "5.00"},
        "line_items": [
            {"id": 1, "variant_id": 801, "product_id": 601, "title": "Shirt", "quantity": 2, "price": "30.00"}
            | {"applied_discount": {"amount": "6.00"}}
        ],
        "subtotal_price": "51.00",
        "total_tax": "5.60",
        "total_price": "61.60",
        **more,
    }
