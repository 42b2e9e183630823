"""Periods without gaps, and running balances over them: what every roll-forward stands on."""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.calendars import MONTHS, Calendars


def balance_by_month(
    movements: pl.DataFrame, by: tuple[str, ...], movement: pl.Expr, as_of: date, calendars: Calendars = MONTHS
) -> pl.DataFrame:
    """Movements with `opening` and `closing`, for every period from a group's first to that of `as_of`.

    `movements` has `accounting_period` and integer columns; a period without movements has zeros. Opening is the
    closing of the period before. Where something is posted after `as_of` (periods closed ahead), they run on to it.
    """
    ends = movements.group_by(by).agg(first=pl.col("accounting_period").min(), last=pl.col("accounting_period").max())
    today = calendars.with_periods(ends.with_columns(as_of=pl.lit(as_of)), {"current": "as_of"})
    until = today.with_columns(last=pl.max_horizontal("last", "current"))
    months = calendars.spread(until, "first", "last", "accounting_period").select(*by, "accounting_period")
    amounts = [column for column in movements.columns if column not in (*by, "accounting_period")]
    dense = months.join(movements, on=[*by, "accounting_period"], how="left").with_columns(pl.col(amounts).fill_null(0))
    moved = dense.with_columns(moved=movement).sort(*by, "accounting_period")
    closing = moved.with_columns(closing=pl.col("moved").cum_sum().over(by))
    return closing.with_columns(opening=pl.col("closing") - pl.col("moved")).drop("moved")
