"""Subscriptions from the first order to the last renewal."""

from __future__ import annotations

from pipelines.simulator.catalogue import TIERS
from pipelines.simulator.company import Company
from pipelines.simulator.documents import Line
from pipelines.simulator.ending import end_subscription
from pipelines.simulator.invoicing import draft, issue
from pipelines.simulator.moments import DAY, HOUR, add_months
from pipelines.simulator.parties import Customer, Discount, Item, Subscription
from pipelines.simulator.pricing import fee_line, recurring_line, trial_line, usage_line
from pipelines.simulator.shapes.line import invoice_item_shape
from pipelines.simulator.shapes.subscription import period_shape, subscription_shape

TIER_WEIGHTS = (45, 38, 17)
TRIAL_DAYS, TRIAL_CONVERTS = 14, 0.68
LEAVES_BEFORE_THE_BILL = 0.002  # While the renewal is still a draft, which then is never finalised.
MONTHS = {"month": 1, "year": 12}


def subscribe(company: Company, customer: Customer, product: str | None = None) -> None:
    """A new order: a plan by the month or the year, perhaps with an add-on, a trial, a coupon, a fee."""
    random = company.random
    name = product or random.choices(TIERS, TIER_WEIGHTS)[0]
    interval = "year" if company.chance(0.6 if customer.by_invoice else 0.16) else "month"
    if name in ("Starter", "Priority support"):
        quantity = 1
    else:
        quantity = random.randint(20, 120) if customer.by_invoice else random.randint(1, 18)
    chosen = [(name, quantity)]
    if product is None and company.chance(0.08):
        chosen.append(("Priority support", 1))
    if product is None and interval == "month" and company.chance(0.12):
        chosen.append(("API calls", 0))
    trial = product is None and not customer.subscriptions and not customer.by_invoice and company.chance(0.3)
    start = company.now
    anchor = start + TRIAL_DAYS * DAY if trial else start
    subscription = Subscription(
        id=company.new_id("sub"),
        customer=customer,
        items=[
            Item(company.new_id("si"), company.catalogue.price(what, customer.currency, interval), count, start)
            for what, count in chosen
        ],
        status=first_status(customer, trial),
        created=start,
        anchor=anchor,
        period_start=start,
        period_end=anchor if trial else add_months(anchor, MONTHS[interval]),
        interval=interval,
        discount=give_coupon(company, customer),
    )
    if trial:
        subscription.trial_start, subscription.trial_end = start, anchor
    customer.subscriptions.append(subscription)
    company.counts["subscriptions"] += 1
    company.emit("customer.subscription.created", subscription_shape(subscription, company.modern))
    company.at(subscription.period_end, customer, renew, subscription, subscription.period_end)
    if trial:
        lines = [trial_line(company, subscription, item) for item in subscription.items if not item.price.metered]
        company.at(anchor - 3 * DAY, customer, announce_trial_end, subscription)
        if not company.chance(TRIAL_CONVERTS):
            moment = (anchor // DAY - random.randint(1, 3)) * DAY + company.hour()
            company.at(moment, customer, ask_to_end, subscription)
    else:
        lines = fees(company, subscription)
        lines += [recurring_line(company, subscription, item) for item in subscription.items if not item.price.metered]
    issue(company, draft(company, subscription, lines, "subscription_create"))


def first_status(customer: Customer, trial: bool) -> str:
    """Stripe's payment behaviour default_incomplete: active once the first card payment is in."""
    if trial:
        return "trialing"
    return "active" if customer.by_invoice else "incomplete"


def give_coupon(company: Company, customer: Customer) -> Discount | None:
    """A coupon for some; one in US dollars only for who pays in them."""
    if not company.chance(0.14):
        return None
    coupon = company.random.choice(company.catalogue.coupons)
    if coupon.currency not in (None, customer.currency):
        return None
    end = None if coupon.months is None else add_months(company.now, coupon.months)
    return Discount(company.new_id("di"), coupon, company.now, end)


def fees(company: Company, subscription: Subscription) -> list[Line]:
    """One-off fees on the first invoice: a set-up at a point in time, or a programme that begins two weeks later."""
    lines = []
    currency = subscription.customer.currency
    if subscription.main.quantity >= 8 and company.chance(0.5):
        price = company.catalogue.price("Set-up", currency, None)
        lines.append(fee_line(company, price, company.now, company.now))
    if subscription.main.quantity >= 12 and company.chance(0.3):
        price = company.catalogue.price("Onboarding programme", currency, None)
        start = company.now + 14 * DAY
        lines.append(fee_line(company, price, start, start + 56 * DAY))
    for line in lines:
        company.emit("invoiceitem.created", invoice_item_shape(line, subscription, company.now, company.modern))
    return lines


def announce_trial_end(company: Company, subscription: Subscription) -> None:
    """Three days before a trial ends Stripe says so."""
    if subscription.alive:
        company.emit("customer.subscription.trial_will_end", subscription_shape(subscription, company.modern))


def ask_to_end(company: Company, subscription: Subscription, wish: bool = True) -> None:
    """Cancel at the end of the period, or, with `wish` false, think again and stay."""
    if not subscription.alive or subscription.cancel_at_period_end == wish:
        return
    subscription.cancel_at_period_end = wish
    subscription.canceled_at = company.now if wish else None
    subscription.ended_because = "cancellation_requested" if wish else None
    previous = {"cancel_at_period_end": not wish, "cancel_at": None if wish else subscription.period_end}
    company.emit("customer.subscription.updated", subscription_shape(subscription, company.modern), previous)


def renew(company: Company, subscription: Subscription, planned_end: int) -> None:
    """The billing period is over: end as asked, or begin the next one and draft its invoice, final an hour later."""
    if not subscription.alive or subscription.period_end != planned_end:
        return  # Ended, or moved to another period by a change of plan.
    if subscription.cancel_at_period_end or subscription.status in ("unpaid", "incomplete"):
        pending, subscription.pending = subscription.pending, []
        if pending and subscription.status == "active":
            issue(company, draft(company, subscription, pending, "subscription_update"))
        reason = "cancellation_requested" if subscription.cancel_at_period_end else "payment_failed"
        end_subscription(company, subscription, reason)
        return
    previous = period_shape(subscription, company.modern)
    billed_from: int | None = None
    if subscription.status == "trialing":
        previous["status"] = "trialing"
        subscription.status = "active"
    else:
        billed_from = subscription.period_start
        subscription.cycles += 1
    start = subscription.period_end
    subscription.period_start = start
    subscription.period_end = add_months(subscription.anchor, MONTHS[subscription.interval] * (subscription.cycles + 1))
    company.emit("customer.subscription.updated", subscription_shape(subscription, company.modern), previous)
    company.at(subscription.period_end, subscription.customer, renew, subscription, subscription.period_end)
    lines, subscription.pending = subscription.pending, []
    for item in subscription.items:
        if not item.price.metered:
            lines.append(recurring_line(company, subscription, item))
        elif billed_from is not None:
            lines.append(usage_line(company, item, billed_from, start))
    invoice = draft(company, subscription, lines, "subscription_cycle", (billed_from or start, start))
    company.at(start + HOUR, subscription.customer, issue, invoice)
    if company.chance(LEAVES_BEFORE_THE_BILL):
        company.at(start + HOUR // 2, subscription.customer, end_subscription, subscription, "cancellation_requested")
