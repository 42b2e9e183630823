"""What each obligation earns in each month of its service, gross, with the contra revenue of the month beside it.

With the take-backs to date (R their shares, D what they released from the deferral), gross revenue to the end of day d is

    A - D(d) - deferred(d),   deferred(d) = (A - R(d)) * (T - e(d)) / T, half to even

and a month earns the difference between its end and the end of the month before: rounding is cumulative, so the months sum
to the amount exactly. Service before the booking is caught up in the month of the booking and keeps its service month
(https://docs.stripe.com/revenue-recognition/revenue-settings/examples, catch-up enabled).
"""

from __future__ import annotations

import polars as pl

from assets.facts.entities import month_of
from assets.money.rounding import portion
from assets.recognition.methods import RecognitionMethod, month_index, units_by_end_of

_RULE = ("amount", "units", "recognition_method", "service_from", "service_to", "booked_on")
EARNED = ("obligation", "service_period", "accounting_period", "gross", "contra", "deferred_after")


def service_months(obligations: pl.DataFrame, unwound: pl.DataFrame, recovered: pl.DataFrame) -> pl.DataFrame:
    """One row for each obligation and month of service or take-back, minor units.

    `obligations` carry `obligation`, their row number; `unwound` and `recovered` are the take-backs and recoveries by
    line. Returns obligation, service_period, accounting_period, gross, contra (less bad debt given back), deferred_after
    (nothing before the booking). Rows in which nothing is earned, taken back or deferred are left out.
    """
    numbers = obligations.select("obligation", "obligation_id")
    moved = _by_month(unwound, recovered).join(numbers, on="obligation_id").drop("obligation_id")
    months = _months_of_service(obligations)
    plain = months.join(moved, on="obligation", how="anti") if moved.height else months
    touched = months.join(moved, on="obligation", how="semi") if moved.height else months.clear()
    rows = pl.concat([_untouched(plain), _unwound(touched, moved, obligations)])
    booked = month_of("booked_on")
    return (
        rows.with_columns(
            accounting_period=pl.max_horizontal("service_period", booked),
            deferred_after=pl.when(pl.col("service_period") < booked).then(0).otherwise("deferred_after"),
        )
        .filter(pl.any_horizontal(pl.col("gross", "contra", "deferred_after") != 0))
        .select(EARNED)
    )


def _months_of_service(obligations: pl.DataFrame) -> pl.DataFrame:
    """The months from the first day of service to the last (by month: one a unit; for a point: the booked one)."""
    first = month_index(pl.col("service_from"))
    last = (
        pl.when(recognition_method=RecognitionMethod.STRAIGHT_LINE_MONTHLY.value)
        .then(first + pl.col("units") - 1)
        .when(recognition_method=RecognitionMethod.STRAIGHT_LINE_DAILY.value)
        .then(month_index(pl.col("service_to").dt.offset_by("-1d")))
        .otherwise(first)
    )
    spread = obligations.select("obligation", *_RULE, month=pl.int_ranges(first, last + 1)).explode("month")
    return spread.with_columns(service_period=_month_of_index(pl.col("month"))).drop("month")


def _month_of_index(month: pl.Expr) -> pl.Expr:
    return pl.date(month // 12, month % 12 + 1, 1)


def _untouched(months: pl.DataFrame) -> pl.DataFrame:
    """Without take-backs each month is known by itself: what is deferred at its begin less what is at its end."""
    eve = pl.col("service_period").dt.offset_by("-1d")
    units = pl.col("units")
    at_begin = portion(pl.col("amount"), units - units_by_end_of(eve), units)
    at_end = portion(pl.col("amount"), units - units_by_end_of(pl.col("service_period").dt.month_end()), units)
    return months.with_columns(deferred_after=at_end, gross=at_begin - at_end, contra=pl.lit(0, pl.Int64)).select(_COLUMNS)


def _unwound(months: pl.DataFrame, moved: pl.DataFrame, obligations: pl.DataFrame) -> pl.DataFrame:
    """With take-backs: the months of service and of take-backs in order, with R and D at the end of each."""
    rules = obligations.join(moved, on="obligation", how="semi").select("obligation", *_RULE)
    extra = moved.select("obligation", "service_period").join(months, on=["obligation", "service_period"], how="anti")
    every = pl.concat([months, extra.join(rules, on="obligation").select(months.columns)])
    here = every.join(moved, on=["obligation", "service_period"], how="left").sort("obligation", "service_period")
    to_date = here.with_columns(pl.col("share", "released", "contra").fill_null(0)).with_columns(
        pl.col("share", "released").cum_sum().over("obligation")
    )
    units = pl.col("units")
    left = units - units_by_end_of(pl.col("service_period").dt.month_end())
    deferred = portion(pl.col("amount") - pl.col("share"), left, units)
    return (
        to_date.with_columns(deferred_after=deferred)
        .with_columns(gross=pl.col("amount") - pl.col("released") - pl.col("deferred_after"))
        .with_columns(gross=pl.col("gross") - pl.col("gross").shift(1).over("obligation").fill_null(0))
        .select(_COLUMNS)
    )


_COLUMNS = ("obligation", "service_period", "booked_on", "gross", "contra", "deferred_after")


def _by_month(unwound: pl.DataFrame, recovered: pl.DataFrame) -> pl.DataFrame:
    """Shares, releases and contra of each obligation and month; bad debt given back lowers the contra."""
    given_back = recovered.select("obligation_id", "day", contra=-pl.col("amount"))
    rows = pl.concat([unwound.select("obligation_id", "day", "share", "released", "contra"), given_back], how="diagonal")
    return (
        rows.with_columns(service_period=month_of("day"))
        .group_by("obligation_id", "service_period")
        .agg(pl.col("share", "released", "contra").sum())
    )
