"""Amounts on invoice lines: recurring prices, use, one-off fees, proration, coupons and tax."""

from __future__ import annotations

from fractions import Fraction

from pipelines.simulator.catalogue import SMALLEST_STEP, rounded
from pipelines.simulator.company import Company
from pipelines.simulator.documents import Line
from pipelines.simulator.goods import Price
from pipelines.simulator.moments import spoken_day
from pipelines.simulator.parties import Customer, Discount, Item, Subscription


def recurring_line(company: Company, subscription: Subscription, item: Item) -> Line:
    """The coming billing period of a licensed item, in advance."""
    price = item.price
    return Line(
        id=company.new_id("il"),
        price=price,
        quantity=item.quantity,
        amount=price.unit_amount * item.quantity,
        start=subscription.period_start,
        end=subscription.period_end,
        description=f"{item.quantity} × {price.product.name} (per {price.interval})",
        item_id=item.id,
        invoice_item=None,
    )


def trial_line(company: Company, subscription: Subscription, item: Item) -> Line:
    """The free trial, which Stripe bills with nothing."""
    line = recurring_line(company, subscription, item)
    line.amount, line.description = 0, f"Trial period for {item.price.product.name}"
    return line


def usage_line(company: Company, item: Item, start: int, end: int) -> Line:
    """The past billing period of a metered item, in arrears."""
    used = company.random.randint(200, 9_000)
    return Line(
        id=company.new_id("il"),
        price=item.price,
        quantity=used,
        amount=item.price.unit_amount * used,
        start=start,
        end=end,
        description=f"{used} {item.price.product.name}",
        item_id=item.id,
        invoice_item=None,
    )


def fee_line(company: Company, price: Price, start: int, end: int) -> Line:
    """A one-off fee; `start` equal to `end` makes it a point in time."""
    return Line(
        id=company.new_id("il"),
        price=price,
        quantity=1,
        amount=price.unit_amount,
        start=start,
        end=end,
        description=price.product.name,
        item_id=None,
        invoice_item=company.new_id("ii"),
    )


def proration_lines(
    company: Company, subscription: Subscription, item: Item, price: Price, quantity: int, *, credit_only: bool = False
) -> list[Line]:
    """A change in mid-period: minus the unused time at the old price, plus the rest at the new one, by the second.

    With `credit_only` the new price is billed by a line of its own (a change of billing period).
    """
    left = Fraction(subscription.period_end - company.now, subscription.period_end - subscription.period_start)
    step = SMALLEST_STEP[subscription.customer.currency]
    day = spoken_day(company.now)
    old = item.price
    parts = [
        (
            old,
            item.quantity,
            -old.unit_amount * item.quantity,
            f"Unused time on {item.quantity} × {old.product.name} after {day}",
        ),
        (price, quantity, price.unit_amount * quantity, f"Remaining time on {quantity} × {price.product.name} after {day}"),
    ]
    return [
        Line(
            id=company.new_id("il"),
            price=part_price,
            quantity=part_quantity,
            amount=rounded(left * full_amount, step),
            start=company.now,
            end=subscription.period_end,
            description=text,
            item_id=item.id,
            invoice_item=company.new_id("ii"),
            proration=True,
        )
        for part_price, part_quantity, full_amount, text in parts[: 1 if credit_only else 2]
    ]


def part_of_amount(amount: int, percent: int, currency: str) -> int:
    """So many per cent of an amount in the smallest step of its currency, at least one step."""
    step = SMALLEST_STEP[currency]
    return max(rounded(Fraction(amount * percent, 100), step), step)


def apply_discount(lines: list[Line], discount: Discount, currency: str) -> None:
    """Per cent off every positive line, or an amount off the first that can bear it; prorations carry none."""
    coupon = discount.coupon
    left = coupon.amount_off or 0
    for line in lines:
        if line.proration or line.amount <= 0:
            continue
        if coupon.percent_off is not None:
            line.discount = rounded(Fraction(line.amount * coupon.percent_off, 100), SMALLEST_STEP[currency])
        else:
            line.discount = min(left, line.amount)
            left -= line.discount
    if coupon.duration == "once" and any(line.discount for line in lines):
        discount.used = True


def apply_tax(lines: list[Line], customer: Customer) -> None:
    """Tax of each line on what is left after the discount: on top of it, or the part of it that is tax."""
    tax = customer.tax
    if tax is None:
        return
    step = SMALLEST_STEP[customer.currency]
    for line in lines:
        base = line.amount - line.discount
        whole = 10_000 + tax.basis_points if tax.inclusive else 10_000
        line.tax = rounded(Fraction(base * tax.basis_points, whole), step)
        line.tax_inclusive = tax.inclusive
