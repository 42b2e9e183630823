"""Lines of an invoice and pending invoice items. From 2025-03-31 on a line's price, subscription and taxes stand in
`pricing`, `parent` and `taxes`."""

from __future__ import annotations

from typing import Any

from pipelines.simulator.documents import Invoice, Line
from pipelines.simulator.parties import Customer, Subscription
from pipelines.simulator.shapes.goods import plan_shape, price_shape, tax_rate_shape

Shape = dict[str, Any]


def tax_amounts(amount: int, taxable: int, inclusive: bool, customer: Customer, modern: bool) -> list[Shape]:
    """`taxes` of the newer version or `tax_amounts` of the older; empty for a customer without tax."""
    if customer.tax is None:
        return []
    common: Shape = {"amount": amount, "taxability_reason": "standard_rated", "taxable_amount": taxable}
    if modern:
        details = {"tax_rate": customer.tax.id}
        behavior = "inclusive" if inclusive else "exclusive"
        return [common | {"tax_behavior": behavior, "tax_rate_details": details, "type": "tax_rate_details"}]
    return [common | {"inclusive": inclusive, "tax_rate": customer.tax.id}]


def line_parent(line: Line, subscription: Subscription | None) -> Shape:
    """Where a line comes from, in the newer version."""
    details: Shape = {
        "invoice_item": line.invoice_item,
        "proration": line.proration,
        "proration_details": {"credited_items": None},
        "subscription": None if subscription is None else subscription.id,
    }
    if line.item_id is None:
        return {"invoice_item_details": details, "subscription_item_details": None, "type": "invoice_item_details"}
    details["subscription_item"] = line.item_id
    return {"invoice_item_details": None, "subscription_item_details": details, "type": "subscription_item_details"}


def line_shape(line: Line, invoice: Invoice, modern: bool) -> Shape:
    """One line of an invoice."""
    customer, subscription = invoice.customer, invoice.subscription
    discounts = [] if line.discount == 0 or invoice.discount is None else [invoice.discount.id]
    taxes = tax_amounts(line.tax, line.net, line.tax_inclusive, customer, modern)
    shape: Shape = {
        "id": line.id,
        "object": "line_item",
        "amount": line.amount,
        "currency": customer.currency.lower(),
        "description": line.description,
        "discount_amounts": [{"amount": line.discount, "discount": name} for name in discounts],
        "discountable": not line.proration,
        "discounts": discounts,
        "livemode": True,
        "metadata": {},
        "period": {"end": line.end, "start": line.start},
        "quantity": line.quantity,
    }
    if modern:
        shape["invoice"] = invoice.id
        shape["parent"] = line_parent(line, subscription)
        shape["pretax_credit_amounts"] = []
        shape["pricing"] = {
            "price_details": {"price": line.price.id, "product": line.price.product.id},
            "type": "price_details",
            "unit_amount_decimal": str(line.price.unit_amount),
        }
        shape["taxes"] = taxes
        return shape
    shape["plan"] = plan_shape(line.price)
    shape["price"] = price_shape(line.price, modern)
    shape["proration"] = line.proration
    shape["proration_details"] = {"credited_items": None}
    shape["subscription"] = None if subscription is None else subscription.id
    if line.item_id is not None:
        shape["subscription_item"] = line.item_id
    if line.invoice_item is not None:
        shape["invoice_item"] = line.invoice_item
    shape["tax_amounts"] = taxes
    shape["tax_rates"] = [] if customer.tax is None else [tax_rate_shape(customer.tax)]
    shape["type"] = "subscription" if line.invoice_item is None else "invoiceitem"
    return shape


def invoice_item_shape(line: Line, subscription: Subscription, created: int, modern: bool) -> Shape:
    """A pending item, before an invoice takes it up."""
    shape: Shape = {
        "id": line.invoice_item,
        "object": "invoiceitem",
        "amount": line.amount,
        "currency": line.price.currency.lower(),
        "customer": subscription.customer.id,
        "date": created,
        "description": line.description,
        "discountable": not line.proration,
        "discounts": [],
        "invoice": None,
        "livemode": True,
        "metadata": {},
        "period": {"end": line.end, "start": line.start},
        "proration": line.proration,
        "quantity": line.quantity,
        "tax_rates": [],
        "test_clock": None,
    }
    if modern:
        shape["parent"] = {"subscription_details": {"subscription": subscription.id}, "type": "subscription_details"}
        prices = {"price": line.price.id, "product": line.price.product.id}
        shape["pricing"] = {
            "price_details": prices,
            "type": "price_details",
            "unit_amount_decimal": str(line.price.unit_amount),
        }
        return shape
    shape["plan"] = plan_shape(line.price)
    shape["price"] = price_shape(line.price, modern)
    shape["subscription"] = subscription.id
    shape["unit_amount"] = line.price.unit_amount
    return shape
