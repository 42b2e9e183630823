"""The end of a subscription."""

from __future__ import annotations

from pipelines.simulator.company import Company
from pipelines.simulator.parties import Subscription
from pipelines.simulator.shapes.subscription import subscription_shape


def end_subscription(company: Company, subscription: Subscription, reason: str, status: str = "canceled") -> None:
    """End it now. `reason` is Stripe's: cancellation_requested or payment_failed. Pending items are never billed."""
    if not subscription.alive:
        return
    subscription.status = status
    subscription.ended_at = company.now
    subscription.canceled_at = subscription.canceled_at or company.now
    subscription.ended_because = reason
    subscription.pending = []
    # A first payment that never came expires the subscription; Stripe says so by an update, not by a deletion.
    kind = "customer.subscription.deleted" if status == "canceled" else "customer.subscription.updated"
    previous = None if status == "canceled" else {"status": "incomplete"}
    company.emit(kind, subscription_shape(subscription, company.modern), previous)
    company.counts["subscriptions_ended"] += 1


def set_status(company: Company, subscription: Subscription, status: str) -> None:
    """Move a living subscription to another state."""
    if not subscription.alive or subscription.status == status:
        return
    previous = {"status": subscription.status}
    subscription.status = status
    company.emit("customer.subscription.updated", subscription_shape(subscription, company.modern), previous)
