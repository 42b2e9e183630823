"""Shopify records of our own making, in the shape of its API since 2019-10, with only the fields that matter."""

from __future__ import annotations

from typing import Any

from tests.pipelines.systems.shopify_cash_records import (
    balance_transaction,
    dispute,
    gift_card,
    payout,
    tender,
    transaction,
)
from tests.pipelines.systems.shopify_goods_records import inventory_item, inventory_level, product
from tests.pipelines.systems.shopify_order_records import (
    customer,
    draft_order,
    fulfilment,
    item,
    order,
    refund,
    shipping,
    tax,
)
from tests.pipelines.systems.shopify_told import delivery, money, told

__all__ = (
    "balance_transaction",
    "customer",
    "delivery",
    "dispute",
    "draft_order",
    "fulfilment",
    "gift_card",
    "inventory_item",
    "inventory_level",
    "item",
    "money",
    "order",
    "payout",
    "product",
    "refund",
    "shipping",
    "tax",
    "tender",
    "told",
    "transaction",
)

Record = dict[str, Any]

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
