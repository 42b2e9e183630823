"""Subscription and its items: the billing period stood on the subscription, and stands on each item from 2025-03-31 on."""

from __future__ import annotations

from typing import Any

from pipelines.simulator.parties import Item, Subscription
from pipelines.simulator.shapes.goods import discount_shape, plan_shape, price_shape

Shape = dict[str, Any]


def item_shape(item: Item, subscription: Subscription, modern: bool) -> Shape:
    """One item; metered ones have no quantity."""
    shape: Shape = {
        "id": item.id,
        "object": "subscription_item",
        "created": item.created,
        "metadata": {},
        "price": price_shape(item.price, modern),
        "subscription": subscription.id,
        "tax_rates": [],
    }
    if not item.price.metered:
        shape["quantity"] = item.quantity
    if modern:
        shape["current_period_start"] = subscription.period_start
        shape["current_period_end"] = subscription.period_end
        shape["discounts"] = []
    else:
        shape["billing_thresholds"] = None
        shape["plan"] = plan_shape(item.price)
    return shape


def items_shape(subscription: Subscription, modern: bool) -> Shape:
    """The list of items."""
    return {
        "object": "list",
        "data": [item_shape(item, subscription, modern) for item in subscription.items],
        "has_more": False,
        "total_count": len(subscription.items),
        "url": f"/v1/subscription_items?subscription={subscription.id}",
    }


def period_shape(subscription: Subscription, modern: bool) -> Shape:
    """The billing period alone, as `previous_attributes` of a renewal."""
    period = {"current_period_end": subscription.period_end, "current_period_start": subscription.period_start}
    return {"items": {"data": [{"id": item.id} | period for item in subscription.items]}} if modern else dict(period)


def subscription_shape(subscription: Subscription, modern: bool) -> Shape:
    """A subscription in its present state."""
    customer = subscription.customer
    discount = subscription.discount
    if discount is not None and not discount.holds(subscription.period_start):
        discount = None
    shape: Shape = {
        "id": subscription.id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None} if modern else {"enabled": False},
        "billing_cycle_anchor": subscription.anchor,
        "billing_thresholds": None,
        "cancel_at": subscription.period_end if subscription.cancel_at_period_end and subscription.alive else None,
        "cancel_at_period_end": subscription.cancel_at_period_end,
        "canceled_at": subscription.canceled_at,
        "cancellation_details": {"comment": None, "feedback": None, "reason": subscription.ended_because},
        "collection_method": "send_invoice" if customer.by_invoice else "charge_automatically",
        "created": subscription.created,
        "currency": customer.currency.lower(),
        "customer": customer.id,
        "days_until_due": 30 if customer.by_invoice else None,
        "default_payment_method": None if customer.by_invoice else customer.method.id,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "ended_at": subscription.ended_at,
        "items": items_shape(subscription, modern),
        "latest_invoice": subscription.latest_invoice,
        "livemode": True,
        "metadata": {},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": subscription.created,
        "status": subscription.status,
        "test_clock": None,
        "transfer_data": None,
        "trial_end": subscription.trial_end,
        "trial_start": subscription.trial_start,
    }
    if modern:
        shape["billing_mode"] = {"type": "classic"}
        shape["discounts"] = [] if discount is None else [discount.id]
        shape["invoice_settings"] = {"account_tax_ids": None, "issuer": {"type": "self"}}
        shape["trial_settings"] = {"end_behavior": {"missing_payment_method": "create_invoice"}}
    else:
        shape["current_period_start"] = subscription.period_start
        shape["current_period_end"] = subscription.period_end
        shape["discount"] = None if discount is None else discount_shape(discount, customer.id, subscription.id)
        single = subscription.items[0] if len(subscription.items) == 1 else None
        shape["plan"] = None if single is None else plan_shape(single.price)
        shape["quantity"] = None if single is None else single.quantity
    return shape
