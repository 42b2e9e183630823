"""Monthly recurring revenue, taken month end by month end from the simulated subscriptions themselves.

Active and past-due subscriptions count at list price and quantity; trials, metered use and discounts do not. By customer:
new is the first recurring revenue ever, reactivation the return of who had none left, churn the loss of all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from pipelines.simulator.parties import Customer, Subscription

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
MONTHS_OF = {"month": 1, "year": 12}


@dataclass(frozen=True)
class MonthOfMrr:
    """One currency's month: closing is opening plus the movements; losses are negative. Minor units."""

    opening: int
    movements: dict[str, int]
    closing: int
    customers: int


def subscription_mrr(subscription: Subscription) -> int:
    """What a subscription brings in a month as it stands now; each item rounded half to even."""
    if not subscription.alive or subscription.status not in ("active", "past_due"):
        return 0
    return sum(
        round(Fraction(item.quantity * item.price.unit_amount, MONTHS_OF[str(item.price.interval)]))
        for item in subscription.items
        if not item.price.metered
    )


class MrrHistory:
    """Grows by one month at a time; `snapshot` is called at each month's end while the company stands still."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}
        self.months: list[dict[str, MonthOfMrr]] = []

    def snapshot(self, customers: Iterable[Customer]) -> None:
        """Add the month that ends now; every customer of before must be among `customers`."""
        movements: dict[str, dict[str, int]] = {}
        opening: dict[str, int] = {}
        paying: dict[str, int] = {}
        for customer in customers:
            now = sum(subscription_mrr(subscription) for subscription in customer.subscriptions)
            before = self._before.get(customer.id)
            if before is None and now == 0:
                continue
            of_currency = movements.setdefault(customer.currency, dict.fromkeys(MOVEMENTS, 0))
            opening[customer.currency] = opening.get(customer.currency, 0) + (before or 0)
            paying[customer.currency] = paying.get(customer.currency, 0) + (now > 0)
            if before is None:
                kind = "new"
            elif now == 0:
                kind = "churn"
            elif before == 0:
                kind = "reactivation"
            else:
                kind = "expansion" if now > before else "contraction"
            of_currency[kind] += now - (before or 0)
            self._before[customer.id] = now
        self.months.append(
            {
                currency: MonthOfMrr(opening[currency], moved, opening[currency] + sum(moved.values()), paying[currency])
                for currency, moved in movements.items()
            }
        )
