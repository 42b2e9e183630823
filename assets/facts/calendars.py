"""Accounting periods: calendar months, or the 4, 4 and 5 weeks of a quarter.

A period is named by its first day. A year of weeks begins on the weekday of the entity's `fiscal_year_start`, as near as
can be to the first of a month, so that it has 52 or 53 weeks (Treas. Reg. 1.441-2, the year that ends on the weekday
nearest to the last day of a month; the calendar of the National Retail Federation). The 53rd week goes to the last period.
Entities that nothing is known of keep months.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from assets.facts.state import latest

MONTH = "month"
_FIRST_YEAR, _LAST_YEAR = 1990, 2110
_WEEK = timedelta(days=7)
_SCHEMA = {"legal_entity_id": pl.String, "period": pl.Date, "period_end": pl.Date}


@dataclass(frozen=True)
class Calendars:
    """`periods` has legal_entity_id, period (first day) and period_end (last day) of entities whose periods are weeks."""

    periods: pl.DataFrame

    def with_periods(self, frame: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
        """The frame with the first day of the period of each date: `names` maps the new column to the date column."""
        months = frame.with_columns(pl.col(day).dt.month_start().alias(name) for name, day in names.items())
        if self.periods.is_empty():
            return months
        found = months.with_row_index("_row")
        for name, day in names.items():
            weeks = found.select("_row", "legal_entity_id", _day=day).drop_nulls().sort("_day")
            starts = self.periods.select("legal_entity_id", _period="period").sort("_period")
            of_weeks = weeks.join_asof(
                starts, left_on="_day", right_on="_period", by="legal_entity_id", check_sortedness=False
            ).select("_row", "_period")
            joined = found.join(of_weeks, on="_row", how="left", maintain_order="left")
            found = joined.with_columns(pl.coalesce("_period", name).alias(name)).drop("_period")
        return found.drop("_row")

    def with_ends(self, frame: pl.DataFrame, period: str, name: str) -> pl.DataFrame:
        """The frame with the last day of the period that a column names, in the column `name`."""
        months = frame.with_columns(pl.col(period).dt.month_end().alias(name))
        if self.periods.is_empty():
            return months
        ends = self.periods.rename({"period": period, "period_end": "_end"})
        joined = months.join(ends, on=["legal_entity_id", period], how="left", maintain_order="left")
        return joined.with_columns(pl.coalesce("_end", name).alias(name)).drop("_end")

    def after(self, frame: pl.DataFrame, period: str, name: str) -> pl.DataFrame:
        """The frame with the first day of the period after the one that a column names."""
        return self.with_ends(frame, period, name).with_columns(pl.col(name).dt.offset_by("1d"))

    def spread(self, frame: pl.DataFrame, first: str, last: str, name: str) -> pl.DataFrame:
        """One row for each period from the one that `first` names to the one that `last` names."""
        weekly = self.periods.select("legal_entity_id").unique()
        monthly = frame.join(weekly, on="legal_entity_id", how="anti")
        months = monthly.with_columns(pl.date_ranges(first, last, "1mo").alias(name)).explode(name)
        if weekly.is_empty():
            return months
        weeks = frame.join(self.periods.select("legal_entity_id", pl.col("period").alias(name)), on="legal_entity_id")
        return pl.concat([months, weeks.filter(pl.col(name).is_between(first, last)).select(months.columns)])


MONTHS = Calendars(pl.DataFrame(schema=_SCHEMA))
"""What every entity keeps that does not say otherwise."""


def calendars(legal_entities: pl.DataFrame) -> Calendars:
    """The calendars that the entities keep; `legal_entities` are every row of silver."""
    stated = latest(legal_entities, by=("legal_entity_id",))
    weekly = stated.filter(pl.col("fiscal_calendar") != MONTH).drop_nulls("fiscal_year_start")
    columns = weekly.select("legal_entity_id", "fiscal_calendar", "fiscal_year_start")
    rows = [
        (entity, first, last)
        for entity, pattern, anchor in columns.iter_rows()
        for first, last in weekly_periods(pattern, anchor)
    ]
    return Calendars(pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("legal_entity_id", "period"))


def weekly_periods(pattern: str, anchor: date) -> list[tuple[date, date]]:
    """First and last day of every period of a calendar such as 4-4-5; `anchor` is the first day of one fiscal year."""
    weeks = [int(count) for count in pattern.split("-")] * 4
    found = []
    for year in range(_FIRST_YEAR, _LAST_YEAR):
        start, following = _year_start(year, anchor), _year_start(year + 1, anchor)
        for count in weeks[:-1]:
            found.append((start, start + count * _WEEK - timedelta(days=1)))
            start += count * _WEEK
        found.append((start, following - timedelta(days=1)))
    return found


def _year_start(year: int, anchor: date) -> date:
    """The day of the anchor's weekday nearest to the first of the month that the anchor is nearest to."""
    month = anchor.month if anchor.day <= 15 else anchor.month % 12 + 1
    nominal = date(year, month, 1)
    ahead = (anchor.weekday() - nominal.weekday()) % 7
    return nominal + timedelta(days=ahead if ahead <= 3 else ahead - 7)
