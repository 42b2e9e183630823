"""An increment gives exactly what a full recompute gives: every gold table, after every batch of new facts."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.facts.admission import Facts
from assets.facts.observed import observe
from assets.incremental.increment import increment
from assets.incremental.tables import ROWS, SUMS, change_of, rows_changed, sums_after
from assets.pipeline import compute
from lakehouse.tables import gold, ops
from tests.assets.in_memory import lines, tied
from tests.assets.links.test_arrival_order import PEOPLE, SALES, Sale
from tests.assets.links.test_arrival_order import events_of as events_of_sale
from tests.assets.revenue_facts import BOOKED_AT, Row, frames, period_log
from tests.assets.revenue_stories import Story, a_company
from tests.assets.test_arrival_order import CLOSED, events_of

BOOKS = ("us_gaap",)
Gold = dict[str, pl.DataFrame]
# Each example computes all of gold in full after every batch: few examples, each with many invoices.
few = settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def facts_of(events: list[list[Row]]) -> dict[str, pl.DataFrame]:
    rows = frames([row for event in events for row in event])
    return {name: frame.unique("row_key", keep="first", maintain_order=True) for name, frame in rows.items()}


def in_full(facts: Facts, log: pl.DataFrame, journal: pl.DataFrame, as_of: date) -> Gold:
    made = compute(facts, log, journal, as_of, BOOKED_AT)
    return made | {"journal": pl.concat([journal, made["journal"]])}


def by_increment(held: Gold, facts: Facts, known: Facts, log: pl.DataFrame, as_of: date) -> Gold | None:
    """The gold tables after the facts that are not among the known ones; None where an increment cannot tell."""
    fresh = {
        name: rows.lazy().join(known[name].lazy(), on="row_key", how="anti").collect()
        if name in known
        else rows.lazy().collect()
        for name, rows in facts.items()
    }
    systems = observe(known, as_of).links.here
    part = increment(facts, fresh, tied(facts), as_of, BOOKS, systems)
    if part is None:
        return None
    change = change_of(part, log, lines(held["journal"]), BOOKED_AT)
    after = {"journal": pl.concat([held["journal"], change.added])}
    for table in ROWS:
        gone, come = rows_changed(table, change)
        after[table.name] = pl.concat([held[table.name].join(gone, on=table.key, how="anti", nulls_equal=True), come])
    return after | {table.name: sums_after(table, held[table.name], change) for table in SUMS}


def assert_equal(one: Gold, other: Gold) -> None:
    assert one.keys() == other.keys()
    for name, rows in other.items():
        assert rows.sort(rows.columns).equals(one[name].sort(rows.columns)), name


def step_by_step(events: list[list[Row]], steps: int, seed: int, as_of: date, log: pl.DataFrame) -> int:
    """Facts come in batches, in random order; after each the increment is compared. Returns how often one could tell."""
    chance = random.Random(seed)
    chance.shuffle(events)
    cuts = [len(events) // 2, *sorted(chance.randrange(len(events) // 2, len(events) + 1) for _ in range(steps))]
    known = facts_of(events[: cuts[0]])
    held = in_full(known, log, gold.JOURNAL.empty(), as_of)
    told = 0
    for cut in cuts[1:]:
        facts = facts_of(events[:cut])
        after = by_increment(held, facts, known, log, as_of)
        full = in_full(facts, log, held["journal"], as_of)
        if after is not None:
            assert_equal(after, full)
            told += 1
        held, known = full, facts
    return told


@given(stories=a_company(), seed=st.integers(0, 10**6))
@few
def test_invoices_their_cash_and_subscriptions(stories: list[Story], seed: int) -> None:
    step_by_step(events_of(stories), 2, seed, date(2024, 10, 31), ops.PERIOD_LOG.empty())


@given(stories=a_company(), seed=st.integers(0, 10**6))
@few
def test_under_closed_periods(stories: list[Story], seed: int) -> None:
    step_by_step(events_of(stories), 2, seed, date(2024, 10, 31), CLOSED)


@given(sales=st.lists(SALES, min_size=2, max_size=8), seed=st.integers(0, 10**6))
@few
def test_sales_that_several_systems_tell(sales: list[Sale], seed: int) -> None:
    events = [[row] for row in PEOPLE] + [
        event for number, sale in enumerate(sales) for event in events_of_sale(number, sale)
    ]
    step_by_step(events, 2, seed, date(2024, 12, 31), period_log())
