"""What happened in the company: who bought what, which systems hold it, and what each of them says of it.

A sale is one fact; a copy is what one system holds of it. Amounts are integers in minor units; ids are those of silver.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

BILLING, SHOP, ERP, CRM = "stripe", "shopify", "netsuite", "salesforce"
METER, BOOKS = "meter", "books"
"""What is told besides: usage by the gateway that meters it, and what no record of the ERP carries."""
SYSTEMS = (BILLING, SHOP, ERP)
"""Systems that hold bills and money, in the order in which they are believed."""


@dataclass
class Buyer:
    """A customer with its ids by system; how the ERP knows it: by e-mail, tax id, or the id of the billing system."""

    number: int
    name: str
    domain: str
    currency: str
    known_by: str
    ids: dict[str, str]

    def id_in(self, system: str) -> str:
        return self.ids[system]

    @property
    def email(self) -> str:
        return f"billing@{self.domain}"


@dataclass
class Copy:
    """A bill as one system holds it; `number` is printed on it.

    `named`: how it and the copy that is believed first refer to each other: by "id", by "number", or not at all. `bears`: a
    number of another's that stands on it too.
    `lost_order`: an order of the shop that the bill names and that the shop has not told of.
    """

    system: str
    id: str
    number: str
    day: date
    amount: int
    currency: str
    customer_id: str
    named: str | None = None
    bears: str | None = None
    lost_order: str | None = None


@dataclass
class Payment:
    """Money as one system holds it. `documents` are the bills it is applied to, with how much of each; none where the
    system does not say. `order`: an order that it names. `copy_of`: the payment that it repeats."""

    system: str
    id: str
    day: date
    amount: int
    currency: str
    customer_id: str | None
    documents: dict[str, int] = field(default_factory=dict)
    order: str | None = None
    copy_of: str | None = None


@dataclass
class Subscription:
    """A contract for a monthly price, and the systems that hold it, each with its id and its start.

    `deal` and `quote` are the ids that they have in the CRM.
    """

    number: int
    buyer: Buyer
    price: int
    start: date
    ids: dict[str, str]
    starts: dict[str, date]
    deal: str
    quote: str


@dataclass
class Sale:
    """One sale: net and tax, when it is served (nothing for goods), the copies by system, and the money by system."""

    number: int
    buyer: Buyer
    net: int
    tax: int
    day: date
    served: tuple[date, date] | None
    product: str
    subscription: Subscription | None = None
    copies: dict[str, Copy] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    refund: Refund | None = None

    @property
    def total(self) -> int:
        return self.net + self.tax

    @property
    def counted(self) -> Copy:
        """The copy that counts: of the system that is believed first."""
        return next(self.copies[system] for system in SYSTEMS if system in self.copies)


@dataclass
class Refund:
    """Money given back by the payment provider, and the credit note that the ERP wrote of it, where it did."""

    id: str
    payment_id: str
    day: date
    amount: int
    note_id: str | None


@dataclass
class Expected:
    """What whoever links the systems must find besides the copies.

    `exceptions`: (kind, object id that counts or is in question, other object id or nothing). `settlements`: (cash, bill).
    """

    exceptions: list[tuple[str, str, str | None]] = field(default_factory=list)
    settlements: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class World:
    """Everything that happened."""

    buyers: list[Buyer]
    sales: list[Sale] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    loose: list[Payment] = field(default_factory=list)
    """Payments of several sales, or parts of one, that no sale has among its own."""
    expected: Expected = field(default_factory=Expected)
