"""Law 3 over systems: the same facts in any order and batching give the same links, the same books; and each sale once.

Half of what is drawn are look-alikes on purpose: few customers, amounts and days, so that pairing has ties to decide.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from lakehouse.tables import gold
from tests.assets.links.sales import bill, customer, linked, paid, says
from tests.assets.revenue_facts import Row, posted, run
from tests.assets.test_arrival_order import assert_same, slowly

SYSTEMS = ("stripe", "shopify", "netsuite")
FIRST, AS_OF = date(2024, 3, 28), "2024-12-31"
PEOPLE = [customer(f"{system}:{who}", f"{who}@example.com") for system in SYSTEMS for who in "ab"]


@dataclass(frozen=True)
class Sale:
    """A sale as its systems tell it: days by which each is late; whether a later one names the first one's id."""

    buyer: str
    amount: str
    day: int
    told: dict[str, int]
    names: bool
    pays: bool


SALES = st.builds(
    Sale,
    buyer=st.sampled_from("ab"),
    amount=st.sampled_from(["10.00", "20.00"]),
    day=st.integers(0, 6),
    told=st.dictionaries(st.sampled_from(SYSTEMS), st.integers(0, 2), min_size=1),
    names=st.booleans(),
    pays=st.booleans(),
)


def events_of(number: int, sale: Sale) -> list[list[Row]]:
    told = []
    first = next(system for system in SYSTEMS if system in sale.told)
    for system, late in sale.told.items():
        day = (FIRST + timedelta(days=sale.day + late)).isoformat()
        name, buyer = f"{system}:{number}", f"{system}:{sale.buyer}"
        told.append(bill(name, day, sale.amount, buyer, served=(day, (FIRST + timedelta(days=60)).isoformat())))
        if sale.pays:
            told.append([paid(f"{system}:p{number}", day, sale.amount, buyer, document_id=name)])
        if sale.names and system != first:
            told.append([says(name, f"{first}:{number}")])
    return told


# Two sales of which one was posted, and taken back in the same month once they were found to be one.
@example(
    sales=[
        Sale(buyer="a", amount="10.00", day=3, told={"stripe": 1, "shopify": 0}, names=False, pays=False),
        Sale(buyer="a", amount="10.00", day=5, told={"stripe": 0, "shopify": 0}, names=False, pays=False),
    ],
    seed=5412,
)
@given(sales=st.lists(SALES, min_size=2, max_size=8), seed=st.integers(0, 10**6))
@slowly
def test_order_and_batching_do_not_show(sales: list[Sale], seed: int) -> None:
    events = [[row] for row in PEOPLE] + [event for number, sale in enumerate(sales) for event in events_of(number, sale)]
    straight = run([row for event in events for row in event], AS_OF)
    chance = random.Random(seed)
    chance.shuffle(events)
    held = gold.JOURNAL.empty()
    for cut in sorted(chance.randrange(len(events)) for _ in range(2)):
        held = posted([row for event in events[: cut + 1] for row in event], AS_OF, held)
    assert_same(run([row for event in events for row in event], AS_OF, held=held), straight)


@given(sales=st.lists(SALES, min_size=1, max_size=8))
@slowly
def test_a_sale_that_a_stated_id_links_counts_once_and_no_system_s_own_sales_melt(sales: list[Sale]) -> None:
    stated = [Sale(**(vars(sale) | {"names": True})) for sale in sales]
    rows = [*PEOPLE, *(row for number, sale in enumerate(stated) for event in events_of(number, sale) for row in event)]
    copies = linked(rows).copies.filter(object_kind="document")
    counted = {name for number, sale in enumerate(stated) for name in (f"{system}:{number}" for system in sale.told)}
    counted -= set(copies.filter(~pl.col("counts")).get_column("object_id"))
    # What one system alone holds may look like another's sale: at most as many melt as there are such pairs.
    by_buyer = Counter((sale.buyer, sale.amount) for sale in stated)
    for (buyer, amount), many in by_buyer.items():
        alike = [number for number, sale in enumerate(stated) if (sale.buyer, sale.amount) == (buyer, amount)]
        most_in_one = max(sum(system in stated[number].told for number in alike) for system in SYSTEMS)
        left = sum(int(name.split(":")[1]) in alike for name in counted)
        assert most_in_one <= left <= many
    revenue = run(rows, AS_OF)["revenue_by_month"].get_column("net_revenue").sum()
    assert revenue == sum((Decimal(stated[int(name.split(":")[1])].amount) for name in counted), Decimal(0))
