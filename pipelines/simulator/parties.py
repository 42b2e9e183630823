"""Customers and their subscriptions, as the simulator itself knows them.

The events and the truth are two separate views of these plain objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.simulator.goods import Coupon, Price, TaxRate

if TYPE_CHECKING:
    from pipelines.simulator.documents import Charge, Line


@dataclass(frozen=True)
class PaymentMethod:
    """A card or a bank debit."""

    id: str
    kind: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str


@dataclass(slots=True, eq=False)
class Customer:
    """A buyer: one currency, one tax treatment, one way to pay. A negative balance is credit for later invoices."""

    id: str
    name: str
    email: str
    country: str
    currency: str
    tax: TaxRate | None
    method: PaymentMethod
    by_invoice: bool
    created: int
    invoice_prefix: str
    balance: int = 0
    next_invoice: int = 1
    clock: int = 0
    subscriptions: list[Subscription] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Discount:
    """A coupon given to a subscription; `end` empty for one that lasts, `used` once a once-only coupon was taken."""

    id: str
    coupon: Coupon
    start: int
    end: int | None
    used: bool = False

    def holds(self, moment: int) -> bool:
        """Whether it applies to an invoice drawn up then."""
        return not self.used and (self.end is None or moment < self.end)


@dataclass(slots=True, eq=False)
class Item:
    """One priced line of a subscription; quantity 0 for metered use."""

    id: str
    price: Price
    quantity: int
    created: int


@dataclass(slots=True, eq=False)
class Subscription:
    """An agreement that renews every billing period, counted from its anchor."""

    id: str
    customer: Customer
    items: list[Item]
    status: str
    created: int
    anchor: int
    period_start: int
    period_end: int
    interval: str
    discount: Discount | None = None
    cycles: int = 0
    trial_start: int | None = None
    trial_end: int | None = None
    cancel_at_period_end: bool = False
    canceled_at: int | None = None
    ended_at: int | None = None
    ended_because: str | None = None
    latest_invoice: str | None = None
    failing_invoices: set[str] = field(default_factory=set)
    pending: list[Line] = field(default_factory=list)
    last_payment: Charge | None = None

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def main(self) -> Item:
        """The item that plan changes are about."""
        return self.items[0]
