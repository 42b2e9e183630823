"""How Shopify tells amounts and deliveries: figures as sets, bodies in an envelope."""

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
