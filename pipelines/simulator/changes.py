"""What customers do in the middle of a billing period: more or fewer seats, another plan, a year at once, or leaving."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pipelines.simulator.catalogue import SMALLEST_STEP, TIERS, rounded
from pipelines.simulator.company import Company
from pipelines.simulator.ending import end_subscription
from pipelines.simulator.goods import Price
from pipelines.simulator.invoicing import draft, issue
from pipelines.simulator.moments import add_months
from pipelines.simulator.parties import Item, Subscription
from pipelines.simulator.pricing import proration_lines, recurring_line
from pipelines.simulator.shapes.goods import plan_shape
from pipelines.simulator.shapes.line import invoice_item_shape
from pipelines.simulator.shapes.subscription import items_shape, subscription_shape
from pipelines.simulator.subscriptions import ask_to_end, renew
from pipelines.simulator.takebacks import credit_after_payment, refund_charge

KINDS = ("leave", "leave_now", "more", "fewer", "up", "down", "yearly", "stay")
WEIGHTS = {"month": (21, 9, 55, 18, 22, 8, 9, 858), "year": (13, 3, 40, 8, 10, 3, 0, 923)}
AT_ONCE, AT_ONCE_FOR_A_YEAR = 0.55, 0.9


def draw_change(company: Company, subscription: Subscription) -> None:
    """Once in a month of a subscription's life: mostly nothing."""
    if subscription.status != "active":
        return
    if subscription.cancel_at_period_end:
        if company.chance(0.08):
            ask_to_end(company, subscription, False)
        return
    kind = company.random.choices(KINDS, WEIGHTS[subscription.interval])[0]
    main = subscription.main
    plan = main.price.product.name
    if kind == "leave":
        ask_to_end(company, subscription)
    elif kind == "leave_now":
        leave_now(company, subscription)
    elif kind == "more" and plan in ("Team", "Business"):
        change_item(company, subscription, main, main.price, main.quantity + company.random.randint(1, 6))
    elif kind == "fewer" and main.quantity > 1:
        change_item(
            company, subscription, main, main.price, company.random.randint(main.quantity * 2 // 3 or 1, main.quantity - 1)
        )
    elif kind in ("up", "down") and plan in TIERS:
        step = TIERS.index(plan) + (1 if kind == "up" else -1)
        if 0 <= step < len(TIERS):
            price = company.catalogue.price(TIERS[step], subscription.customer.currency, subscription.interval)
            quantity = 1 if step == 0 else max(main.quantity, 3)
            change_item(company, subscription, main, price, quantity)
    elif kind == "yearly" and not any(item.price.metered for item in subscription.items):
        switch_to_years(company, subscription)


def change_item(company: Company, subscription: Subscription, item: Item, price: Price, quantity: int) -> None:
    """Another price or quantity from now on; the proration is billed at once or with the next renewal."""
    lines = proration_lines(company, subscription, item, price, quantity)
    previous: dict[str, Any] = {"items": items_shape(subscription, company.modern)}
    if not company.modern and len(subscription.items) == 1:
        previous |= {"plan": plan_shape(item.price), "quantity": item.quantity}
    item.price, item.quantity = price, quantity
    company.emit("customer.subscription.updated", subscription_shape(subscription, company.modern), previous)
    for line in lines:
        company.emit("invoiceitem.created", invoice_item_shape(line, subscription, company.now, company.modern))
        line.waits_since = company.now
        company.prorations.append(line)
    if subscription.interval == "year":
        at_once = AT_ONCE_FOR_A_YEAR  # A decrease then makes an invoice below zero: credit for later ones.
    else:
        at_once = AT_ONCE if sum(line.amount for line in lines) > 0 else 0.0
    if company.chance(at_once):
        issue(company, draft(company, subscription, lines, "subscription_update"))
    else:
        subscription.pending += lines


def switch_to_years(company: Company, subscription: Subscription) -> None:
    """From months to a year, beginning now: credit for the rest of the month, a whole year billed at once."""
    lines = []
    previous: dict[str, Any] = {
        "items": items_shape(subscription, company.modern),
        "billing_cycle_anchor": subscription.anchor,
    }
    currency = subscription.customer.currency
    for item in subscription.items:
        price = company.catalogue.price(item.price.product.name, currency, "year")
        lines += proration_lines(company, subscription, item, price, item.quantity, credit_only=True)
        item.price = price
    subscription.interval, subscription.cycles = "year", 0
    subscription.anchor = subscription.period_start = company.now
    subscription.period_end = add_months(company.now, 12)
    company.emit("customer.subscription.updated", subscription_shape(subscription, company.modern), previous)
    company.at(subscription.period_end, subscription.customer, renew, subscription, subscription.period_end)
    lines += [recurring_line(company, subscription, item) for item in subscription.items]
    pending, subscription.pending = subscription.pending, []
    issue(company, draft(company, subscription, pending + lines, "subscription_update"))


def leave_now(company: Company, subscription: Subscription) -> None:
    """Cancel at once; half of them get the unused time back, as money or as credit."""
    if subscription.pending:
        ask_to_end(company, subscription)
        return
    left = Fraction(subscription.period_end - company.now, subscription.period_end - subscription.period_start)
    end_subscription(company, subscription, "cancellation_requested")
    charge = subscription.last_payment
    if charge is None or not charge.untouched or not company.chance(0.5):
        return
    if all(line.end != subscription.period_end for line in charge.invoice.lines):
        return  # The last payment was for another period.
    amount = rounded(left * charge.amount, SMALLEST_STEP[subscription.customer.currency])
    if amount <= 0:
        return
    if company.chance(0.7):
        refund_charge(company, charge, amount, "requested_by_customer")
    else:
        credit_after_payment(company, charge, amount, 0 if company.chance(0.5) else amount)
