"""Which sales are made, which systems hold each, and what the copies have in common.

Six sales in ten stand in two systems or more, not by chance but by count. Of the copies less than half
name an id of another system, some share a printed number, and the rest have nothing in common but who, how much and when.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from pipelines.simulator.group.calendar_days import later_in_month, month_later
from pipelines.simulator.group.ids import Ids
from pipelines.simulator.group.model import (
    BILLING,
    CRM,
    ERP,
    SHOP,
    SYSTEMS,
    Buyer,
    Copy,
    Payment,
    Sale,
    Subscription,
    World,
)

IN_SEVERAL = 0.6
ALONE = (((SHOP,), 50), ((BILLING,), 25), ((ERP,), 25))
TOGETHER = (((BILLING, ERP), 40), ((SHOP, ERP), 35), ((SHOP, BILLING), 15), ((BILLING, SHOP, ERP), 10))
# What copies have in common: one names the id or number of the other, they bear one printed number, or nothing.
IN_COMMON = (("reference", 40), ("number", 20), ("nothing", 40))
UNPAID, TAXED, SERVED = 0.08, 0.3, 0.3
PRODUCTS = ("Licence", "Training", "Hardware", "Support")
MONTHLY = (4_900, 9_900, 19_900, 49_900)


def number_of(system: str, sale: int) -> str:
    """The number that a system prints on its bill of a sale of its own accord."""
    return f"#{10_000 + sale}" if system == SHOP else f"{system[:2].upper()}-{10_000 + sale}"


class Sales:
    """Makes sales in a world; every amount of a buyer is its own, so that only what is planted looks alike."""

    def __init__(self, world: World, random: Random, new_id: Ids) -> None:
        self.world = world
        self.random = random
        self.new_id = new_id
        self._used: set[tuple[int, int]] = set()
        self._in_many = 0

    def single(self, buyer: Buyer, day: date) -> Sale:
        """Something sold once: goods, or a service over some months."""
        systems, served = self._systems(), None
        # A shop sells goods: its orders know no term of service.
        if SHOP not in systems and self.random.random() < SERVED:
            served = (day, month_later(day, self.random.choice((1, 3, 12))))
        net = self._amount(buyer, self.random.randrange(1_000, 250_000))
        tax = net // 10 if self.random.random() < TAXED else 0
        sale = self.add(buyer, day, net, tax, served, systems)
        self.pay(sale)
        return sale

    def month_of(self, subscription: Subscription, day: date) -> Sale:
        """A month of a subscription, billed in advance by the systems that hold the contract."""
        served = (day, month_later(day, 1))
        sale = self.add(subscription.buyer, day, subscription.price, 0, served, tuple(subscription.ids), subscription)
        self.pay(sale)
        return sale

    def subscribe(self, buyer: Buyer, day: date) -> Subscription:
        """A contract in the billing system, and in the ERP too where the share of sales in several systems calls for it."""
        number = len(self.world.subscriptions)
        ids, starts = {BILLING: self.new_id(BILLING, "contract")}, {BILLING: day}
        if self._in_several():
            ids[ERP], starts[ERP] = self.new_id(ERP, "contract"), later_in_month(day, self.random.randrange(3))
        price = self._amount(buyer, self.random.choice(MONTHLY))
        offer = (self.new_id(CRM, "deal"), self.new_id(CRM, "quote"))
        subscription = Subscription(number, buyer, price, day, ids, starts, *offer)
        self.world.subscriptions.append(subscription)
        return subscription

    def add(
        self,
        buyer: Buyer,
        day: date,
        net: int,
        tax: int,
        served: tuple[date, date] | None,
        systems: tuple[str, ...],
        subscription: Subscription | None = None,
    ) -> Sale:
        """A sale with a copy in each of the systems; later ones lag by up to two days."""
        number = len(self.world.sales)
        sale = Sale(number, buyer, net, tax, day, served, self.random.choice(PRODUCTS), subscription)
        for system in (name for name in SYSTEMS if name in systems):
            lag = self.random.randrange(3) if sale.copies else 0
            sale.copies[system] = self._copy(sale, system, later_in_month(day, lag))
        self.world.sales.append(sale)
        self._in_many += len(sale.copies) > 1
        return sale

    def pay(self, sale: Sale) -> None:
        """Every system that has the bill has its money; a shop is paid through the payment provider."""
        if self.random.random() < UNPAID:
            return
        day = sale.day + timedelta(days=self.random.randrange(15) if SHOP not in sale.copies else 0)
        for system, copy in sale.copies.items():
            lag = self.random.randrange(3) if system == ERP else 0
            told = Payment(system, self.new_id(system, "payment"), later_in_month(day, lag), copy.amount, copy.currency,
                           copy.customer_id, {copy.id: copy.amount})  # fmt: skip
            sale.payments.append(told)
        if SHOP in sale.copies and BILLING not in sale.copies:
            order = sale.copies[SHOP].id if self.random.random() < 0.5 else None
            charge = Payment(BILLING, self.new_id(BILLING, "payment"), day, sale.total, sale.buyer.currency,
                             sale.buyer.id_in(BILLING), {}, order)  # fmt: skip
            sale.payments.append(charge)

    def _copy(self, sale: Sale, system: str, day: date) -> Copy:
        copy = Copy(system, self.new_id(system, "bill"), number_of(system, sale.number), day, sale.total,
                    sale.buyer.currency, sale.buyer.id_in(system))  # fmt: skip
        if sale.copies:
            in_common = self.random.choices([what for what, _ in IN_COMMON], [weight for _, weight in IN_COMMON])[0]
            if in_common == "reference":
                copy.named = self.random.choice(("id", "number"))
            elif in_common == "number" and system == SHOP:  # which numbers its orders itself
                sale.counted.bears = copy.number
            elif in_common == "number":
                copy.number = sale.counted.number.lower().replace("-", "")
        return copy

    def _systems(self) -> tuple[str, ...]:
        choices = TOGETHER if self._in_several() else ALONE
        return self.random.choices([systems for systems, _ in choices], [weight for _, weight in choices])[0]

    def _in_several(self) -> bool:
        """Whether the next sale has to stand in several systems, so that the share of those that do is kept."""
        return self._in_many < IN_SEVERAL * (len(self.world.sales) + 1)

    def _amount(self, buyer: Buyer, amount: int) -> int:
        """The amount, or the next one that neither it nor its total with tax was another of the buyer's."""
        while {(buyer.number, amount), (buyer.number, amount + amount // 10)} & self._used:
            amount += 1
        self._used |= {(buyer.number, amount), (buyer.number, amount + amount // 10)}
        return amount
