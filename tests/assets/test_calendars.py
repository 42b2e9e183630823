"""Accounting periods of weeks: 4-4-5, fifty-three weeks, an entity beside one that keeps months."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest

from assets.facts.calendars import weekly_periods
from tests.assets.revenue_facts import Row, cash, fact, invoice, run
from tests.vectors.contract_facts import BASIS, CONTRACT, billed, choice, contract, line, used

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


YEAR = {"service_from": "2024-02-04", "service_to": "2025-02-02"}  # 364 days: the 52 weeks of the retail year 2024


def of_shop(rows: list[Row]) -> list[Row]:
    """Facts of the basis `contract`, told of the shop."""
    return [shop(), *((table, row | {"legal_entity_id": "shop"}) for table, row in rows if table != "policies"), BASIS]


def by_period(journal: pl.DataFrame, account: str) -> dict[str, int]:
    rows = journal.filter(account=account).group_by("accounting_period").agg(pl.col("amount").sum())
    return {f"{period:%m-%d}": int(-amount) for period, amount in rows.sort("accounting_period").iter_rows()}


def test_a_contract_is_earned_and_posted_by_the_weeks_of_its_entity() -> None:
    """A dollar a day: 28, 28 and 35 each quarter, posted on the last Saturday of the period, in schedule and journal."""
    told = [contract("2024-02-04"), line("service", "364", "2024-02-04", **YEAR), *billed("364", "2024-02-04")]
    books = run(of_shop(told))
    found = by_period(books["journal"], "Revenue")
    assert list(found.values()) == [28, 28, 35] * 4
    assert list(found)[:4] == ["02-04", "03-03", "03-31", "05-05"]
    posted = books["journal"].filter(account="Revenue").sort("posted_on").get_column("posted_on").to_list()
    assert posted[:3] == [date(2024, 3, 2), date(2024, 3, 30), date(2024, 5, 4)]
    schedule = books["recognition_schedule"].sort("accounting_period")
    assert schedule.get_column("amount").to_list() == [Decimal(n) for n in (28, 28, 35) * 4]
    assert schedule.get_column("accounting_period").to_list()[:2] == [date(2024, 2, 4), date(2024, 3, 3)]
    progress = books["obligation_progress"].sort("month").get_column("revenue_to_date").to_list()
    assert progress[:3] == [28, 56, 91]
    assert run(of_shop(told), "2024-03-29")["journal"].filter(account="Revenue").height == 1


def test_the_fifty_third_week_of_a_contract_goes_to_the_last_period() -> None:
    """The retail year 2023 had 371 days: its last period had six weeks."""
    year = {"service_from": "2023-01-29", "service_to": "2024-02-04"}
    found = by_period(
        run(of_shop([contract("2023-01-29"), line("service", "371", "2023-01-29", **year)]))["journal"], "Revenue"
    )
    assert list(found.values()) == [28, 28, 35] * 3 + [28, 28, 42]
    assert list(found)[-1] == "12-24"


def test_an_asset_a_modification_a_meter_and_a_cost_move_by_weeks() -> None:
    """The asset is netted at the end of a period of weeks, whatever the month; a reading belongs to its period."""
    fee = fact(
        "costs", "test:fee", "2024-02-04", kind="commission", contract_id=CONTRACT, amount=Decimal(364), currency="USD"
    )
    told = [
        contract("2024-02-04"),
        line("service", "364", "2024-02-04", **YEAR),
        line("service", "700", "2024-03-31", **YEAR),  # 308 days are left of 364: 308 + 336 over 308 days
        line("calls", "1", "2024-02-04", quantity=None, usage_type="metered"),
        used("late", "calls", "2024-03-02", 5),
        used("next", "calls", "2024-03-03", 7),
        *billed("40", "2024-03-02"),
        fee,
    ]
    journal = run([*of_shop(told), choice("contract_cost_expedient", "off")], "2024-05-04")["journal"]
    # 28 + 5; 28 + 7; 35 days at 644 / 308 = 73.18
    assert [round(n) for n in by_period(journal, "Revenue").values()] == [33, 35, 73]
    asset = journal.filter(pl.col("account").is_in(["ContractAsset", "UnbilledAccountsReceivable"]))
    ends = asset.group_by("accounting_period").agg(pl.col("amount").sum()).sort("accounting_period").get_column("amount")
    assert [round(n) for n in ends] == [28, 73]  # 40 billed until 33 and 68 are earned
    assert by_period(journal, "CostExpense") == {"02-04": -28, "03-03": -28, "03-31": -35}


def test_entities_with_other_calendars_stand_side_by_side() -> None:
    home = contract("2024-02-01", "test:home")
    monthly = line("month", "29", "2024-02-01", of="test:home", service_from="2024-02-01", service_to="2024-03-01")
    told = [contract("2024-02-04"), line("service", "364", "2024-02-04", **YEAR)]
    journal = run([*of_shop(told), home, monthly], "2024-03-31")["journal"].filter(account="Revenue")
    found = journal.select("legal_entity_id", "posted_on", "amount").sort("legal_entity_id", "posted_on").rows()
    assert found == [
        ("default", date(2024, 2, 29), Decimal(-29)),
        ("shop", date(2024, 3, 2), Decimal(-28)),
        ("shop", date(2024, 3, 30), Decimal(-28)),
    ]
