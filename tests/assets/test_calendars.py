"""Accounting periods of weeks: 4-4-5, fifty-three weeks, an entity beside one that keeps months."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest

from assets.facts.calendars import weekly_periods
from tests.assets.revenue_facts import Row, cash, fact, invoice, run

ANCHOR = date(2024, 2, 4)  # a Sunday: the retail year 2024 begins


def shop(pattern: str = "4-4-5") -> Row:
    stated = {"name": "Shop", "functional_currency": "USD", "time_zone": "UTC", "fiscal_calendar": pattern}
    return fact("legal_entities", "shop", "2020-01-01", fiscal_year_start=ANCHOR, legal_entity_id="shop", **stated)


@pytest.mark.parametrize("pattern", ["4-4-5", "4-5-4", "5-4-4"])
def test_periods_follow_each_other_without_gaps_and_begin_on_the_same_weekday(pattern: str) -> None:
    periods = weekly_periods(pattern, ANCHOR)
    for (_, end), (start, _) in pairwise(periods):
        assert start == end + timedelta(days=1)
        assert start.weekday() == ANCHOR.weekday()
    weeks = [((last - first).days + 1) // 7 for first, last in periods]
    years = [weeks[n : n + 12] for n in range(0, len(weeks), 12)]
    assert {sum(year) for year in years} == {52, 53}
    usual = [int(n) for n in pattern.split("-")] * 4
    assert all(year == usual or year == [*usual[:-1], usual[-1] + 1] for year in years)


def test_the_retail_year_2023_had_fifty_three_weeks() -> None:
    """The calendar of the National Retail Federation: 29 January 2023 to 3 February 2024."""
    starts = [first for first, _ in weekly_periods("4-5-4", ANCHOR)]
    assert date(2023, 1, 29) in starts
    assert (ANCHOR - date(2023, 1, 29)).days == 53 * 7


def test_revenue_is_earned_and_posted_by_weeks() -> None:
    sold = invoice("in_1", "2024-02-04", [("91.00", "2024-02-04", "2024-05-05")], legal_entity_id="shop")  # 91 days
    books = run([shop(), *sold])
    revenue = books["journal"].filter(account="Revenue").sort("accounting_period")
    assert revenue.select("accounting_period", "posted_on", "amount").rows() == [
        (date(2024, 2, 4), date(2024, 3, 2), Decimal(-28)),  # four weeks
        (date(2024, 3, 3), date(2024, 3, 30), Decimal(-28)),  # four
        (date(2024, 3, 31), date(2024, 5, 4), Decimal(-35)),  # five
    ]
    assert books["deferred_rollforward"].filter(legal_entity_id="shop").sort("accounting_period")["closing"].to_list()[
        :3
    ] == [
        Decimal(63),
        Decimal(35),
        Decimal(0),
    ]


def test_events_fall_into_the_period_of_their_day_and_other_entities_keep_months() -> None:
    sold = invoice("in_1", "2024-02-04", [("91.00", "2024-02-04", "2024-05-05")], legal_entity_id="shop")
    refund = [
        cash("payment", "ch_1", "2024-02-05", "91.00", document_id="in_1", legal_entity_id="shop"),
        cash("refund", "re_1", "2024-03-02", "9.10", payment_id="ch_1", legal_entity_id="shop"),
    ]
    other = invoice("in_2", "2024-02-04", [("29.00", "2024-02-01", "2024-03-01")])
    journal = run([shop(), *sold, *refund, *other])["journal"]
    assert journal.filter(event_kind="refund").get_column("accounting_period").unique().to_list() == [date(2024, 2, 4)]
    assert journal.filter(document_id="in_2").get_column("accounting_period").unique().to_list() == [date(2024, 2, 1)]
    assert journal.group_by("entry_id").agg(pl.col("amount").sum()).get_column("amount").unique().to_list() == [0]


def test_time_alone_posts_when_the_period_of_weeks_has_ended() -> None:
    sold = invoice("in_1", "2024-02-04", [("91.00", "2024-02-04", "2024-05-05")], legal_entity_id="shop")
    assert run([shop(), *sold], "2024-03-01")["journal"].filter(account="Revenue").is_empty()
    assert run([shop(), *sold], "2024-03-02")["journal"].filter(account="Revenue").height == 1
