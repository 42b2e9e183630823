"""Shopify records of our own making, in the shape of its API since 2019-10, with only the fields that matter."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

SHOP = "nettles.myshopify.com"


def money(amount: str, currency: str = "USD", shop: tuple[str, str] | None = None) -> Record:
    """An amount as a set: what the customer was charged, and the same for the shop."""
    in_shop = shop or (amount, currency)
    return {
        "shop_money": {"amount": in_shop[0], "currency_code": in_shop[1]},
        "presentment_money": {"amount": amount, "currency_code": currency},
    }


def told(name: str, amount: str, currency: str = "USD") -> Record:
    return {name: amount, f"{name}_set": money(amount, currency)}


def delivery(topic: str, body: Record, webhook_id: str | None = "w-1", **more: Any) -> Record:
    return {"delivery": {"topic": topic, "id": webhook_id, "at": None, "account": SHOP, **more}, "body": body}


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


def transaction(kind: str = "sale", amount: str = "108.90", **more: Any) -> Record:
    return {
        "id": 4001,
        "admin_graphql_api_id": "gid://shopify/OrderTransaction/4001",
        "order_id": 5001,
        "parent_id": None,
        "kind": kind,
        "gateway": "shopify_payments",
        "status": "success",
        "test": False,
        "amount": amount,
        "currency": "USD",
        "authorization": "ch_3Qa",
        "created_at": "2025-01-10T09:00:05-05:00",
        "processed_at": "2025-01-10T09:00:05-05:00",
        "receipt": {"id": "pi_3Qa", "object": "payment_intent", "latest_charge": {"id": "ch_3Qa", "amount": 10890}},
        "payment_details": {"credit_card_company": "Visa", "payment_method_name": "visa"},
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


def dispute(**more: Any) -> Record:
    return {
        "id": 1501,
        "order_id": 5001,
        "type": "chargeback",
        "amount": "64.90",
        "currency": "USD",
        "reason": "fraudulent",
        "status": "needs_response",
        "evidence_due_by": "2025-03-20T19:00:00-04:00",
        "initiated_at": "2025-03-05T20:00:00-05:00",
        "finalized_on": None,
        **more,
    }


def payout(**more: Any) -> Record:
    return {"id": 1601, "status": "paid", "date": "2025-01-14", "currency": "USD", "amount": "105.44", **more}


def balance_transaction(**more: Any) -> Record:
    """What Shopify Payments took of the payment: 108.90 x 2.9 % + 0.30 = 3.46."""
    return {
        "id": 1701,
        "type": "charge",
        "test": False,
        "payout_id": 1601,
        "payout_status": "paid",
        "currency": "USD",
        "amount": "108.90",
        "fee": "3.46",
        "net": "105.44",
        "source_id": 4001,
        "source_type": "charge",
        "source_order_id": 5001,
        "source_order_transaction_id": 4001,
        "processed_at": "2025-01-10T09:00:05-05:00",
        **more,
    }


def tender(**more: Any) -> Record:
    return {
        "id": 1801,
        "order_id": 5001,
        "amount": "108.90",
        "currency": "USD",
        "test": False,
        "processed_at": "2025-01-10T09:00:05-05:00",
        "updated_at": "2025-01-10T09:00:05-05:00",
        "remote_reference": "ch_3Qa",
        "payment_method": "credit_card",
        **more,
    }


def product(**more: Any) -> Record:
    variants = [
        {
            "id": 801,
            "product_id": 601,
            "title": "S",
            "sku": "SHIRT-S",
            "barcode": "4006381333931",
            "price": "30.00",
            "inventory_item_id": 1101,
            "presentment_prices": [{"price": {"amount": "28.00", "currency_code": "EUR"}}],
        }
    ]
    return {
        "id": 601,
        "admin_graphql_api_id": "gid://shopify/Product/601",
        "title": "Shirt",
        "product_type": "Clothes",
        "status": "active",
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        "variants": variants,
        **more,
    }


def inventory_item(**more: Any) -> Record:
    return {
        "id": 1101,
        "sku": "SHIRT-S",
        "cost": "12.50",
        "tracked": True,
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        "admin_graphql_api_id": "gid://shopify/InventoryItem/1101",
        **more,
    }


def inventory_level(**more: Any) -> Record:
    return {"inventory_item_id": 1101, "location_id": 9, "available": 17, "updated_at": "2025-01-13T00:00:00Z", **more}


def gift_card(**more: Any) -> Record:
    return {
        "id": 1201,
        "initial_value": "50.00",
        "balance": "50.00",
        "currency": "USD",
        "customer_id": 207,
        "order_id": 5001,
        "created_at": "2025-01-10T09:00:00-05:00",
        "updated_at": "2025-01-10T09:00:00-05:00",
        "disabled_at": None,
        "expires_on": "2027-01-10",
        "last_characters": "c293",
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


SOUND: dict[str, Record] = {
    "order created": delivery("orders/create", order()),
    "order paid with refund and shipment": delivery(
        "orders/updated", order(financial_status="paid", refunds=[refund()], fulfillments=[fulfilment()])
    ),
    "order under its name": {"order": order(financial_status="paid", transactions=[transaction()])},
    "bare order": order(cancelled_at="2025-01-11T09:00:00-05:00", financial_status="voided"),
    "refund": delivery("refunds/create", refund()),
    "transaction": delivery("order_transactions/create", transaction()),
    "fulfilment": delivery("fulfillments/create", fulfilment()),
    "dispute": delivery("disputes/create", dispute()),
    "payout": {"payout": payout()},
    "balance transaction": {"transaction": balance_transaction()},
    "tender": delivery("tender_transactions/create", tender()),
    "customer": delivery("customers/update", customer()),
    "product": delivery("products/update", product(), currency="USD"),
    "inventory item": delivery("inventory_items/update", inventory_item(), currency="USD"),
    "inventory level": delivery("inventory_levels/update", inventory_level()),
    "gift card": {"gift_card": gift_card()},
    "draft order": delivery("draft_orders/update", draft_order()),
}
"""One record of each kind and place that is accepted."""
