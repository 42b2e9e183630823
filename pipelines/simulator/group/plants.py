"""What an accountant loses sleep over, planted with buyers of its own so that nothing else can be mistaken for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from pipelines.simulator.group.buyers import draw_buyer
from pipelines.simulator.group.model import BILLING, ERP, SHOP, Buyer, Payment, Refund, Sale
from pipelines.simulator.group.sales import Sales, number_of


def plant(sales: Sales, start: date) -> None:
    """Every plant once, in the first month, from the tenth day on."""
    plants: tuple[Callable[[Sales, Iterator[Buyer], date], None], ...] = (
        *(lambda s, b, d, kind=kind: disagreement(s, b, d, kind) for kind in ("amount", "currency", "date", "customer")),
        equal_sales,
        equal_sales_of_which_one_has_a_copy,
        one_payment_of_three,
        one_payment_of_three_that_says_nothing,
        two_payments_of_one,
        two_payments_of_one_that_say_nothing,
        refund_with_credit_note,
        order_that_nobody_has,
    )
    for number, planted in enumerate(plants):
        planted(sales, _new_buyers(sales), start.replace(day=10) + timedelta(days=number % 7))


def disagreement(sales: Sales, buyers: Iterator[Buyer], day: date, kind: str) -> None:
    """The billing system names the invoice of the ERP, which says something else of the same sale."""
    sale = _sale(sales, next(buyers), day, 12_300, (BILLING, ERP))
    ours, theirs = sale.copies[BILLING], sale.copies[ERP]
    theirs.named, theirs.day = "id", ours.day
    match kind:
        case "amount":
            theirs.amount += 500
        case "currency":
            theirs.currency = "GBP"
        case "date":
            theirs.day += timedelta(days=5)
        case _:
            theirs.customer_id = next(buyers).id_in(ERP)
    sales.world.expected.exceptions.append((kind, ours.id, theirs.id))


def equal_sales(sales: Sales, buyers: Iterator[Buyer], day: date) -> None:
    """Two genuine sales of one amount to one buyer on one day, in two systems without any id in common."""
    buyer = next(buyers)
    for _ in range(2):
        _apart(_sale(sales, buyer, day, 8_800, (SHOP, ERP)))


def equal_sales_of_which_one_has_a_copy(sales: Sales, buyers: Iterator[Buyer], day: date) -> None:
    """Two genuine sales in the shop, one of which the ERP has: which of the two cannot be told, and does not matter."""
    buyer = next(buyers)
    first = _apart(_sale(sales, buyer, day, 7_700, (SHOP, ERP)))
    _sale(sales, buyer, day, 7_700, (SHOP,))
    sales.world.expected.exceptions.append(("ambiguous", first.copies[ERP].id, None))


def one_payment_of_three(sales: Sales, buyers: Iterator[Buyer], day: date) -> None:
    """One payment settles three invoices; the ERP says so of its copies."""
    _combined(sales, next(buyers), day, says=True)


def one_payment_of_three_that_says_nothing(sales: Sales, buyers: Iterator[Buyer], day: date) -> None:
    """One payment settles three of four invoices; nobody says which, but only three sum to it."""
    buyer = next(buyers)
    _combined(sales, buyer, day, says=False)
    _sale(sales, buyer, day, 99_900, (ERP,))


def _combined(sales: Sales, buyer: Buyer, day: date, *, says: bool) -> None:
    bills = [_sale(sales, buyer, day, amount, (BILLING, ERP)) for amount in (10_100, 20_300, 40_700)]
    total, paid = sum(sale.total for sale in bills), day + timedelta(days=12)
    pay = sales.new_id(BILLING, "payment")
    money = Payment(BILLING, pay, paid, total, buyer.currency, buyer.id_in(BILLING))
    told = [money]
    if says:
        applied = {sale.copies[ERP].id: sale.total for sale in bills}
        own, customer = sales.new_id(ERP, "payment"), buyer.id_in(ERP)
        told.append(replace(money, system=ERP, id=own, customer_id=customer, documents=applied, copy_of=pay))
    sales.world.loose += told
    sales.world.expected.settlements += [
        *((told[-1].id, sale.copies[ERP].id if says else sale.copies[BILLING].id) for sale in bills)
    ]


def two_payments_of_one(sales: Sales, buyers: Iterator[Buyer], day: date) -> None:
    """An invoice is paid in two parts, which the billing system says."""
    _split(sales, next(buyers), day, says=True)


def two_payments_of_one_that_say_nothing(sales: Sales, buyers: Iterator[Buyer], day: date) -> None:
    """An invoice is paid in two parts, which nobody says."""
    _split(sales, next(buyers), day, says=False)


def _split(sales: Sales, buyer: Buyer, day: date, *, says: bool) -> None:
    sale = _sale(sales, buyer, day, 50_000, (BILLING, ERP))
    bill = sale.copies[BILLING].id
    for number, part in enumerate((20_000, 30_000), start=1):
        paid = day + timedelta(days=6 * number)
        name = sales.new_id(BILLING, "payment")
        told = Payment(BILLING, name, paid, part, buyer.currency, buyer.id_in(BILLING), {bill: part} if says else {})
        sales.world.loose.append(told)
        sales.world.expected.settlements.append((name, bill))


def refund_with_credit_note(sales: Sales, buyers: Iterator[Buyer], day: date) -> None:
    """A part is given back by the payment provider; the ERP writes a credit note of it, which is the same fact."""
    sale = _sale(sales, next(buyers), day, 30_000, (BILLING, ERP))
    bill = sale.copies[BILLING]
    settled = {bill.id: sale.total}
    paid = Payment(BILLING, sales.new_id(BILLING, "payment"), day, sale.total, bill.currency, bill.customer_id, settled)
    sale.payments.append(paid)
    note = sales.new_id(ERP, "note")
    sale.refund = Refund(sales.new_id(BILLING, "refund"), paid.id, day + timedelta(days=8), 5_000, note)


def order_that_nobody_has(sales: Sales, buyers: Iterator[Buyer], day: date) -> None:
    """The billing system names an order of the shop that the shop has not told of."""
    sale = _sale(sales, next(buyers), day, 6_600, (BILLING,))
    sale.copies[BILLING].lost_order = "5999999999999"
    sales.world.expected.exceptions.append(("missing_counterpart", sale.copies[BILLING].id, None))


def _sale(sales: Sales, buyer: Buyer, day: date, amount: int, systems: tuple[str, ...]) -> Sale:
    return sales.add(buyer, day, amount, 0, None, systems)


def _apart(sale: Sale) -> Sale:
    """The copies of the sale on one day, with nothing in common."""
    for copy in sale.copies.values():
        copy.named, copy.day = None, sale.day
        copy.number = number_of(copy.system, sale.number)
    return sale


def _new_buyers(sales: Sales) -> Iterator[Buyer]:
    while True:
        buyer = draw_buyer(sales.random, len(sales.world.buyers), sales.new_id)
        sales.world.buyers.append(buyer)
        yield buyer
