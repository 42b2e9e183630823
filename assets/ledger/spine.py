"""Months without gaps, and running balances over them: what every roll-forward stands on."""

from __future__ import annotations

from datetime import date

import polars as pl


def balance_by_month(movements: pl.DataFrame, by: tuple[str, ...], movement: pl.Expr, as_of: date) -> pl.DataFrame:
    """Movements with `opening` and `closing`, for every month from a group's first to that of `as_of`.

    `movements` has `accounting_period` and integer columns; a month without movements has zeros. Opening is the closing
    of the month before. Where something is posted after `as_of` (periods closed ahead), months run on to it.
    """
    first = pl.col("accounting_period").min()
    last = pl.max_horizontal(pl.col("accounting_period").max(), pl.lit(as_of.replace(day=1)))
    months = movements.group_by(by).agg(accounting_period=pl.date_range(first, last, "1mo")).explode("accounting_period")
    amounts = [column for column in movements.columns if column not in (*by, "accounting_period")]
    dense = months.join(movements, on=[*by, "accounting_period"], how="left").with_columns(pl.col(amounts).fill_null(0))
    moved = dense.with_columns(moved=movement).sort(*by, "accounting_period")
    closing = moved.with_columns(closing=pl.col("moved").cum_sum().over(by))
    return closing.with_columns(opening=pl.col("closing") - pl.col("moved")).drop("moved")
