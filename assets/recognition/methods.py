"""How far a promise is performed: elapsed units by recognition method.

Straight line because the customer receives and consumes the service evenly (ASC 606-10-25-27(a), 606-10-55-20; IFRS
15.35(a), B18). How finely time is counted is a choice, and the systems differ:

* `straight_line_daily`: the first day is whole and the last is cut off (Stripe, granularity day); the default.
* `straight_line_monthly`: every month touched is equal, counting the first; the last is cut off unless the service reaches
  its end (Stripe, month evenly; Odoo, full months).
* `point_in_time`: one unit, elapsed from the day it is booked.
* `straight_line_exact`, `straight_line_monthly_prorated`, `monthly_prorata_temporis`, `straight_line_30_360`,
  `monthly_to_a_tenth`, `equal_months`: `assets.recognition.calendar_methods`.

https://docs.stripe.com/revenue-recognition/revenue-settings/examples

Expressions over a frame with `recognition_method`, `service_from`, `service_to` (dates, the end exclusive) and
`booked_on`. The first three are computed on the fast path, many million lines a second.
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl


class RecognitionMethod(StrEnum):
    """The named choices of a `recognition_method` policy that time alone performs."""

    STRAIGHT_LINE_DAILY = "straight_line_daily"
    STRAIGHT_LINE_MONTHLY = "straight_line_monthly"
    POINT_IN_TIME = "point_in_time"
    STRAIGHT_LINE_EXACT = "straight_line_exact"
    STRAIGHT_LINE_MONTHLY_PRORATED = "straight_line_monthly_prorated"
    MONTHLY_PRORATA_TEMPORIS = "monthly_prorata_temporis"
    STRAIGHT_LINE_30_360 = "straight_line_30_360"
    MONTHLY_TO_A_TENTH = "monthly_to_a_tenth"
    EQUAL_MONTHS = "equal_months"


DEFAULT_METHOD = RecognitionMethod.STRAIGHT_LINE_DAILY
METHODS = tuple(method.value for method in RecognitionMethod)
FAST = tuple(
    method.value
    for method in (
        RecognitionMethod.STRAIGHT_LINE_DAILY,
        RecognitionMethod.STRAIGHT_LINE_MONTHLY,
        RecognitionMethod.POINT_IN_TIME,
    )
)
"""Methods whose units are few enough that Int64 holds the square of them."""


def month_index(day: pl.Expr) -> pl.Expr:
    """Months since the year 0; the difference of two counts the months between them."""
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64) - 1


def total_units() -> pl.Expr:
    """Units of the whole promise: days, months (at least one), or the one point in time."""
    days = day_number(pl.col("service_to")) - day_number(pl.col("service_from"))
    months = month_index(pl.col("service_to")) - month_index(pl.col("service_from"))
    return _by_method(daily=days, monthly=months.clip(1), point=pl.lit(1, pl.Int64))


def units_by_end_of(day: pl.Expr) -> pl.Expr:
    """Units performed when `day` ends; needs `units`, the total."""
    days = (day_number(day) + 1 - day_number(pl.col("service_from"))).clip(0, pl.col("units"))
    months = (month_index(day) - month_index(pl.col("service_from")) + 1).clip(0, pl.col("units"))
    return _by_method(daily=days, monthly=months, point=(day >= pl.col("booked_on")).cast(pl.Int64))


def units_before(day: pl.Expr) -> pl.Expr:
    """Units performed when `day` begins, for a day from the booking on: then a point in time is already past."""
    days = (day_number(day) - day_number(pl.col("service_from"))).clip(0, pl.col("units"))
    months = (month_index(day) - month_index(pl.col("service_from"))).clip(0, pl.col("units"))
    return _by_method(daily=days, monthly=months, point=(day >= pl.col("booked_on")).cast(pl.Int64))


def _by_method(*, daily: pl.Expr, monthly: pl.Expr, point: pl.Expr) -> pl.Expr:
    method = pl.col("recognition_method")
    return (
        pl.when(method == RecognitionMethod.STRAIGHT_LINE_DAILY.value)
        .then(daily)
        .when(method == RecognitionMethod.STRAIGHT_LINE_MONTHLY.value)
        .then(monthly)
        .otherwise(point)
    )


def day_number(day: pl.Expr) -> pl.Expr:
    """A date as a count of days, so that two can be subtracted as integers."""
    return day.to_physical().cast(pl.Int64)
