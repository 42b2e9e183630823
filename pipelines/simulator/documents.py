"""Invoices, payments and what is taken back, as the simulator itself knows them.

Amounts are integers in the currency's minor unit; moments are seconds since 1970 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.simulator.goods import Price
from pipelines.simulator.parties import Customer, Discount, PaymentMethod, Subscription


@dataclass(slots=True, eq=False)
class Line:
    """A line of an invoice. `amount` is before the discount and with inclusive tax.

    `start` equal to `end` makes it a point in time; `waits_since`: when the proration was told as a pending item.
    """

    id: str
    price: Price
    quantity: int
    amount: int
    start: int
    end: int
    description: str
    item_id: str | None
    invoice_item: str | None
    proration: bool = False
    discount: int = 0
    tax: int = 0
    tax_inclusive: bool = False
    waits_since: int | None = None

    @property
    def net(self) -> int:
        """What is revenue: after discounts, without tax."""
        return self.amount - self.discount - (self.tax if self.tax_inclusive else 0)


@dataclass(slots=True, eq=False)
class Invoice:
    """A bill from draft to paid, void or uncollectible."""

    id: str
    customer: Customer
    subscription: Subscription | None
    reason: str
    created: int
    period_start: int
    period_end: int
    lines: list[Line]
    discount: Discount | None
    status: str = "draft"
    number: str | None = None
    due_at: int | None = None
    finalized_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None
    uncollectible_at: int | None = None
    starting_balance: int = 0
    ending_balance: int | None = None
    attempts: int = 0
    next_attempt: int | None = None
    intent: str | None = None
    charges: list[Charge] = field(default_factory=list)
    credit_notes: list[CreditNote] = field(default_factory=list)

    @property
    def subtotal(self) -> int:
        """Lines before discounts, inclusive tax within."""
        return sum(line.amount for line in self.lines)

    @property
    def discounted(self) -> int:
        """What coupons took off."""
        return sum(line.discount for line in self.lines)

    @property
    def tax(self) -> int:
        """Tax of all lines, on top or inside."""
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        """What the customer owes by it, tax included."""
        return sum(line.amount - line.discount + (0 if line.tax_inclusive else line.tax) for line in self.lines)

    @property
    def credited_before_payment(self) -> int:
        """Credit notes that lowered what is due."""
        return sum(note.total for note in self.credit_notes if note.counts and note.before_payment)

    @property
    def credited_after_payment(self) -> int:
        """Credit notes issued once it was paid."""
        return sum(note.total for note in self.credit_notes if note.counts and not note.before_payment)

    @property
    def balance_applied(self) -> int:
        """Customer credit (negative) or debt (positive) that the invoice took up."""
        return 0 if self.ending_balance is None else self.starting_balance - self.ending_balance

    @property
    def amount_due(self) -> int:
        """What was asked for in money: the total less credit notes before payment and customer credit."""
        return max(self.total + self.balance_applied - self.credited_before_payment, 0)

    @property
    def amount_paid(self) -> int:
        """What came."""
        return sum(charge.amount for charge in self.charges if charge.succeeded)

    @property
    def amount_remaining(self) -> int:
        """What is still to come."""
        return self.amount_due - self.amount_paid


@dataclass(slots=True, eq=False)
class Charge:
    """One try to take money."""

    id: str
    invoice: Invoice
    amount: int
    created: int
    method: PaymentMethod
    balance_transaction: str | None
    failure: str | None = None
    refunds: list[Refund] = field(default_factory=list)
    dispute: Dispute | None = None

    @property
    def succeeded(self) -> bool:
        """Whether money came."""
        return self.failure is None

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds if refund.status in ("succeeded", "pending"))

    @property
    def untouched(self) -> bool:
        """Nothing of it was taken back yet by a refund, a dispute or a credit note."""
        credited = any(not note.before_payment for note in self.invoice.credit_notes)
        return not self.refunds and self.dispute is None and not credited


@dataclass(slots=True, eq=False)
class Refund:
    """Money given back."""

    id: str
    charge: Charge
    amount: int
    created: int
    status: str
    reason: str | None
    balance_transaction: str


@dataclass(slots=True, eq=False)
class Dispute:
    """A chargeback, or, while its status begins with warning_, an inquiry that moves no money."""

    id: str
    charge: Charge
    amount: int
    created: int
    status: str
    reason: str
    withdrawal: str
    reinstatement: str | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether the bank took the money."""
        return not self.status.startswith("warning_")


@dataclass(slots=True, eq=False)
class CreditNote:
    """A correction of an invoice downwards; `refund` is the part of it that went back in cash."""

    id: str
    invoice: Invoice
    number: str
    created: int
    total: int
    reason: str
    before_payment: bool
    refund: Refund | None = None
    voided_at: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it was not voided."""
        return self.voided_at is None

    @property
    def refunded(self) -> int:
        return 0 if self.refund is None else self.refund.amount
