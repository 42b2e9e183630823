"""The truth about the company: each sale once, in the words of the system that is believed first.

Worked out sale by sale with Python's fractions, from the definition: revenue to date is what was sold less what is still to
be served, by day, halves to even. Nothing here knows of links.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from pipelines.simulator.group.model import BILLING, SYSTEMS, Sale, World
from pipelines.simulator.group.shape import major

ByMonth = dict[str, dict[str, int]]
STANDING = ("sold", "tax", "given_back", "deferred", "receivable", "unapplied")


def earned(sale: Sale, day: date) -> int:
    """Revenue of a sale to the end of a day, after what was given back."""
    if sale.counted.day > day:
        return 0
    back = sale.refund.amount if sale.refund and sale.refund.day <= day else 0
    if sale.served is None:
        return sale.net - back
    start, end = sale.served
    left = min(max((end - day - timedelta(days=1)).days, 0), (end - start).days)
    return sale.net - round(Fraction(sale.net * left, (end - start).days))


def revenue(world: World, month_ends: list[date]) -> ByMonth:
    """Net revenue by currency and month."""
    found: ByMonth = defaultdict(lambda: defaultdict(int))
    for sale in world.sales:
        before = 0
        for end in month_ends:
            to_date = earned(sale, end)
            found[sale.buyer.currency][f"{end:%Y-%m}"] += to_date - before
            before = to_date
    return found


def recurring(world: World, month_ends: list[date]) -> dict[str, dict[str, tuple[int, int]]]:
    """Monthly recurring revenue and paying customers by currency and month: each contract and each customer once."""
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for end in month_ends:
        running = [s for s in world.subscriptions if s.starts[BILLING] <= end]
        for currency in {s.buyer.currency for s in running}:
            mine = [s for s in running if s.buyer.currency == currency]
            found[currency][f"{end:%Y-%m}"] = (sum(s.price for s in mine), len({s.buyer.number for s in mine}))
    return found


def money(world: World, as_of: date) -> dict[str, int]:
    """Money received less money given back, by currency, as the system that is believed first of each payment has it."""
    found: dict[str, int] = defaultdict(int)
    for sale in world.sales:
        if received := _received(sale, as_of):
            found[sale.buyer.currency] += received
        if sale.refund and sale.refund.day <= as_of:
            found[sale.buyer.currency] -= sale.refund.amount
    for payment in world.loose:
        if payment.system == BILLING and payment.day <= as_of:  # the ERP repeats it
            found[payment.currency] += payment.amount
    return found


def standing(world: World, as_of: date) -> dict[str, dict[str, int]]:
    """What a day finds, by currency: sold and taxed, given back, still to be earned, and what customers owe.

    Money of which no system says what it settles is unapplied: what it was for is still owed.
    """
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for sale in (sale for sale in world.sales if sale.counted.day <= as_of):
        back = sale.refund.amount if sale.refund and sale.refund.day <= as_of else 0
        figures = found[sale.buyer.currency]
        figures["sold"] += sale.net
        figures["tax"] += sale.tax
        figures["given_back"] += back
        figures["deferred"] += sale.net - back - earned(sale, as_of)
        figures["receivable"] += sale.total - _received(sale, as_of)
    told = {payment.copy_of: payment for payment in world.loose if payment.copy_of}
    for payment in world.loose:
        if payment.copy_of is None and payment.day <= as_of:
            settles = payment.documents or (payment.id in told and told[payment.id].documents)
            found[payment.currency]["receivable" if settles else "unapplied"] += (
                -payment.amount if settles else payment.amount
            )
    return found


def _received(sale: Sale, as_of: date) -> int:
    paid = min(sale.payments, key=lambda payment: SYSTEMS.index(payment.system), default=None)
    return paid.amount if paid and paid.day <= as_of else 0


def groups(world: World) -> list[list[str]]:
    """Object ids of bills that are one sale, of contracts that are one, of money that is one, of a note and its refund."""
    found = [[copy.id for copy in sale.copies.values()] for sale in world.sales]
    found += [list(subscription.ids.values()) for subscription in world.subscriptions]
    found += [[payment.id for payment in sale.payments] for sale in world.sales]
    found += [[sale.refund.id, sale.refund.note_id] for sale in world.sales if sale.refund and sale.refund.note_id]
    found += [[payment.id, payment.copy_of] for payment in world.loose if payment.copy_of]
    return sorted(sorted(group) for group in found if len(group) > 1)


def build_truth(world: World, months: list[str], month_ends: list[date]) -> dict[str, Any]:
    """The content of truth.json: amounts are decimal strings in major units, months are ISO months."""
    rows, mrr = revenue(world, month_ends), recurring(world, month_ends)
    several = sum(len(sale.copies) > 1 for sale in world.sales)
    unnamed = sum(copy.named is None for sale in world.sales for copy in list(sale.copies.values())[1:])
    return {
        "as_of": month_ends[-1].isoformat(),
        "months": months,
        "currencies": {
            currency: {
                month: {
                    "recognised": major(rows[currency][month]),
                    "mrr": major(mrr[currency].get(month, (0, 0))[0]),
                    "paying_customers": mrr[currency].get(month, (0, 0))[1],
                }
                for month in months
            }
            for currency in sorted(rows)
        },
        "cash": {currency: major(amount) for currency, amount in sorted(money(world, month_ends[-1]).items())},
        "standing": {
            currency: {figure: major(figures[figure]) for figure in STANDING}
            for currency, figures in sorted(standing(world, month_ends[-1]).items())
        },
        "groups": groups(world),
        "exceptions": sorted(world.expected.exceptions, key=str),
        "settlements": sorted(world.expected.settlements),
        "counts": {
            "sales": len(world.sales),
            "sales_in_several_systems": several,
            "copies_that_name_no_other": unnamed,
            "bills": sum(len(sale.copies) for sale in world.sales),
            "buyers": len(world.buyers),
            "subscriptions": len(world.subscriptions),
        },
    }
