"""How many billing periods a service has: what a price for each of them comes to."""

from __future__ import annotations

import polars as pl

from assets.recognition.calendar_methods import DAY, MONTH
from assets.recognition.methods import day_number, month_index


def billing_periods() -> tuple[pl.Expr, pl.Expr]:
    """Billing periods from `served_from` to `served_to`, as a fraction; one where the line names no interval."""
    start, end, count = pl.col("served_from"), pl.col("served_to"), pl.col("billing_interval_count").fill_null(1)
    whole_months = (month_index(end) - month_index(start)) * MONTH
    by_day = day_number(end) - day_number(start)
    odd_days = (end.dt.day().cast(pl.Int64) - start.dt.day().cast(pl.Int64)) * (
        MONTH // end.dt.month_end().dt.day().cast(pl.Int64)
    )
    months = whole_months + odd_days
    interval = pl.col("billing_interval")
    timed = interval.is_not_null() & (end > start).fill_null(False)
    part = pl.when(interval.is_in(["month", "year"])).then(months).otherwise(by_day * DAY)
    per = (
        pl.when(interval == "month")
        .then(MONTH * count)
        .when(interval == "year")
        .then(12 * MONTH * count)
        .when(interval == "week")
        .then(7 * DAY * count)
        .otherwise(DAY * count)
    )
    return pl.when(timed).then(part).otherwise(1), pl.when(timed).then(per).otherwise(1)
