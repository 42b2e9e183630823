"""What a Shopify shop sells, what it cost, and how many there are."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


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
