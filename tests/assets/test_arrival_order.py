"""Law 3: the same facts in any order, any batching, with any repetition, give the same balances and marts."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakehouse.tables import gold
from tests.assets.revenue_facts import Row, period_log, posted, run
from tests.assets.revenue_stories import Story, a_company, subscriptions

BALANCE = (
    *("book", "legal_entity_id", "contract_id", "obligation_id", "account", "currency"),
    *("service_period", "accounting_period"),
)
AS_OF = "2024-10-31"
CLOSED = period_log(("close", "2024-01"), ("close", "2024-02"), ("close", "2024-03"))
# Each example refreshes a whole company several times: few examples, each with many invoices.
slowly = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def events_of(stories: list[Story]) -> list[list[Row]]:
    """Facts by event: the rows of one event arrive together, since an event is committed before it is refreshed."""
    rows = [*(row for story in stories for row in story.rows), *subscriptions(stories)]
    events: dict[str, list[Row]] = {}
    for table, row in rows:
        events.setdefault(row["source_event_id"], []).append((table, row))
    return list(events.values())


def batches(events: list[list[Row]], seed: int, count: int) -> list[list[Row]]:
    """The events shuffled, some repeated, cut into batches; each batch holds everything that has arrived by then."""
    chance = random.Random(seed)
    arriving = [*events, *chance.choices(events, k=len(events) // 3)]
    chance.shuffle(arriving)
    cuts = [*sorted(chance.randrange(1, len(arriving) + 1) for _ in range(count)), len(arriving)]
    return [[row for event in arriving[:cut] for row in event] for cut in cuts]


def balances(journal: pl.DataFrame) -> pl.DataFrame:
    return journal.group_by(BALANCE).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0).sort(BALANCE)


def in_closed_periods(journal: pl.DataFrame) -> pl.DataFrame:
    return journal.filter(pl.col("accounting_period") < date(2024, 4, 1)).sort("line_id")


def assert_same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    assert balances(one["journal"]).equals(balances(other["journal"]))
    for table in one.keys() - {"journal", "added"}:
        columns = one[table].columns
        assert one[table].sort(columns).equals(other[table].sort(columns)), table


@given(stories=a_company(), seed=st.integers(0, 10**6), count=st.integers(1, 3))
@slowly
def test_order_batching_and_repetition_do_not_show(stories: list[Story], seed: int, count: int) -> None:
    events = events_of(stories)
    *early, last = batches(events, seed, count)
    held = None
    for arrived in early:
        held = posted(arrived, AS_OF, held)
    assert_same(run(last, AS_OF, held=held), run([row for event in events for row in event], AS_OF))


@given(stories=a_company(), seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
@slowly
def test_nor_do_they_under_the_same_closes(stories: list[Story], seeds: tuple[int, int]) -> None:
    """What each close saw is given; before and after it, order and batching are free."""
    events = events_of(stories)
    known = events[::2]
    seen = [row for event in known for row in event]

    def books(seed: int) -> dict[str, pl.DataFrame]:
        held = gold.JOURNAL.empty()
        for arrived in batches(known, seed, 1):
            held = posted(arrived, "2024-04-15", held)
        frozen = in_closed_periods(held)
        some, everything = batches(events, seed + 1, 1)
        held = posted([*seen, *some], AS_OF, held, CLOSED)
        done = run(everything, AS_OF, held=held, log=CLOSED)
        assert in_closed_periods(done["journal"]).equals(frozen)  # law 5
        return done

    assert_same(books(seeds[0]), books(seeds[1]))
