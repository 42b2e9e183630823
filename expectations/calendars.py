"""What an accounting period may be: the first day of a month, or of weeks where the entity keeps a calendar of weeks."""

from __future__ import annotations

import polars as pl

from expectations.suite import Context, Read
from lakehouse.tables import silver

ENTITIES = Read(
    silver.LEGAL_ENTITIES,
    ("legal_entity_id", "fiscal_calendar", "fiscal_year_start", "effective_at", "known_at", "row_key"),
)
_WEEKDAY = "period_weekday"


BEGINS = "begins_a_period"


def with_calendar(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Rows with the weekday on which the periods of their entity begin; empty where they are months."""
    return rows.join(_weekdays(context), on="legal_entity_id", how="left", maintain_order="left")


def with_calendars(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Rows that name no entity, with whether their `month` begins a month or, on its weekday, a period of some entity."""
    weekdays = _weekdays(context).get_column(_WEEKDAY).unique().to_list()
    by_week = pl.any_horizontal(pl.lit(False), *(pl.col("month").dt.weekday() == day for day in weekdays))
    return rows.with_columns(((pl.col("month").dt.day() == 1) | by_week).alias(BEGINS))


def _weekdays(context: Context) -> pl.DataFrame:
    """The weekday on which the periods of each entity begin whose periods are weeks."""
    told = context[silver.LEGAL_ENTITIES.qualified_name].sort("effective_at", "known_at", "row_key")
    state = told.unique("legal_entity_id", keep="last", maintain_order=True).filter(pl.col("fiscal_calendar") != "month")
    return state.select("legal_entity_id", pl.col("fiscal_year_start").dt.weekday().alias(_WEEKDAY))


def is_period(column: str) -> pl.Expr:
    """Whether a date is the first day of a period of its entity."""
    weekday = pl.col(_WEEKDAY)
    return pl.when(weekday.is_null()).then(pl.col(column).dt.day() == 1).otherwise(pl.col(column).dt.weekday() == weekday)
