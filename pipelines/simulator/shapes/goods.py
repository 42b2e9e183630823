"""Product, price, plan, coupon, discount and tax rate as Stripe shows them."""

from __future__ import annotations

from functools import cache
from typing import Any

from pipelines.simulator.goods import Coupon, Price, Product, TaxRate
from pipelines.simulator.parties import Discount

Shape = dict[str, Any]


def product_shape(product: Product, modern: bool) -> Shape:
    """A product."""
    shape: Shape = {
        "id": product.id,
        "object": "product",
        "active": True,
        "created": product.created,
        "default_price": None,
        "description": product.description,
        "images": [],
        "livemode": True,
        "metadata": {"catalogue": "2025"},
        "name": product.name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": "txcd_10103001",
        "type": "service",
        "unit_label": product.unit_label,
        "updated": product.created,
        "url": None,
    }
    return shape | ({"marketing_features": []} if modern else {"attributes": []})


@cache
def price_shape(price: Price, modern: bool) -> Shape:
    """Shared between events: whoever encodes it must not change it."""
    recurring: Shape | None = None
    if price.interval is not None:
        recurring = {"interval": price.interval, "interval_count": 1, "trial_period_days": None}
        recurring["usage_type"] = "metered" if price.metered else "licensed"
        if modern:
            recurring["meter"] = f"mtr_{price.product.id[5:]}" if price.metered else None
        else:
            recurring["aggregate_usage"] = "sum" if price.metered else None
    shape: Shape = {
        "id": price.id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": price.created,
        "currency": price.currency.lower(),
        "livemode": True,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": price.product.id,
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time" if recurring is None else "recurring",
        "unit_amount": price.unit_amount,
        "unit_amount_decimal": str(price.unit_amount),
    }
    return shape | ({"custom_unit_amount": None} if modern else {})


@cache
def plan_shape(price: Price) -> Shape | None:
    """The older twin of a recurring price; shared between events like `price_shape`."""
    if price.interval is None:
        return None
    return {
        "id": price.id,
        "object": "plan",
        "active": True,
        "aggregate_usage": "sum" if price.metered else None,
        "amount": price.unit_amount,
        "amount_decimal": str(price.unit_amount),
        "billing_scheme": "per_unit",
        "created": price.created,
        "currency": price.currency.lower(),
        "interval": price.interval,
        "interval_count": 1,
        "livemode": True,
        "metadata": {},
        "nickname": None,
        "product": price.product.id,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "metered" if price.metered else "licensed",
    }


@cache
def coupon_shape(coupon: Coupon) -> Shape:
    """A coupon; shared between events like `price_shape`."""
    return {
        "id": coupon.id,
        "object": "coupon",
        "amount_off": coupon.amount_off,
        "created": coupon.created,
        "currency": None if coupon.currency is None else coupon.currency.lower(),
        "duration": coupon.duration,
        "duration_in_months": coupon.months,
        "livemode": True,
        "max_redemptions": None,
        "metadata": {},
        "name": coupon.name,
        "percent_off": coupon.percent_off,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
    }


def discount_shape(discount: Discount, customer_id: str, subscription_id: str | None) -> Shape:
    """A coupon as given to one subscription."""
    return {
        "id": discount.id,
        "object": "discount",
        "checkout_session": None,
        "coupon": coupon_shape(discount.coupon),
        "customer": customer_id,
        "end": discount.end,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
        "start": discount.start,
        "subscription": subscription_id,
    }


@cache
def tax_rate_shape(tax: TaxRate) -> Shape:
    """A tax rate; shared between events like `price_shape`."""
    return {
        "id": tax.id,
        "object": "tax_rate",
        "active": True,
        "country": tax.country,
        "created": tax.created,
        "description": None,
        "display_name": tax.display_name,
        "inclusive": tax.inclusive,
        "jurisdiction": tax.country,
        "livemode": True,
        "metadata": {},
        "percentage": tax.basis_points / 100,
        "state": None,
        "tax_type": "sales_tax" if tax.country == "US" else "vat",
    }
