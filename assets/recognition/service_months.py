"""What each obligation earns in each month of its service, gross, with the contra revenue of the month beside it.

A month here is the accounting period of the entity: a calendar month, or weeks where it counts by weeks.

With the take-backs to date (R what they took off the price, D what they released from the deferral), gross revenue to the
end of day d is

    A - D(d) - deferred(d),   deferred(d) = (A - R(d)) * (T - e(d)) / T, half to even

and a month earns the difference between its end and the end of the month before: rounding is cumulative, so the months sum
to the amount exactly. Service before the booking is caught up in the month of the booking and keeps its service month
(https://docs.stripe.com/revenue-recognition/revenue-settings/examples, catch-up enabled); with the policy `catch_up` off it
posts in its service month, unbilled until the invoice. A line whose months are rounded by themselves and which is taken
back in part is rounded cumulatively, so that it still sums to the cent.
"""

from __future__ import annotations

import polars as pl

from assets.facts.calendars import MONTHS, Calendars
from assets.money.rounding import share
from assets.recognition.calendar_methods import any_units_by_end_of, covers_month, last_month
from assets.recognition.methods import FAST, RecognitionMethod, month_index
from assets.recognition.rounding import CUMULATIVE, rounded_by_month
from assets.recognition.straight_line import straight_line_months
from assets.recognition.unwind import FINE

_RULE = (
    *("amount", "units", "recognition_method", "service_from", "service_to", "booked_on"),
    *("from_second", "to_second", "rounding", "catch_up", "booked", "billed", "legal_entity_id"),
)
EARNED = ("obligation", "service_period", "accounting_period", "gross", "contra", "deferred_after")


def service_months(
    obligations: pl.DataFrame, unwound: pl.DataFrame, recovered: pl.DataFrame, calendars: Calendars = MONTHS
) -> pl.DataFrame:
    """One row for each obligation and month of service or take-back, minor units.

    `obligations` carry `obligation`, their row number; `unwound` and `recovered` are the take-backs and recoveries by
    line. Returns obligation, service_period, accounting_period, gross, contra (less bad debt given back), deferred_after
    (nothing before the invoice). Rows in which nothing is earned, taken back or deferred are left out.
    """
    moved = _by_month(unwound, recovered, obligations, calendars)
    booked = calendars.with_periods(obligations, {"booked": "booked_on"})
    taken_back = pl.col("obligation").is_in(moved.get_column("obligation").unique().implode())
    weekly = pl.col("legal_entity_id").is_in(calendars.periods.get_column("legal_entity_id").unique().implode())
    cumulative = (pl.col("rounding") == CUMULATIVE) | taken_back
    with_invoice = (pl.col("billed_on") == pl.col("booked_on")).fill_null(False)
    in_parts = moved.filter(pl.col("off") % FINE != 0).get_column("obligation").unique()
    whole = ~pl.col("obligation").is_in(in_parts.implode())
    fast = pl.col("recognition_method").is_in(FAST) & cumulative & ~weekly & with_invoice & whole
    straight = straight_line_months(booked.filter(fast), moved.with_columns(share=(pl.col("off") // FINE).cast(pl.Int64)))
    others = calendars.with_periods(booked.filter(~fast), {"billed": "billed_on"})
    return pl.concat([straight, _one_by_one(others, moved, calendars)]) if others.height else straight


def _one_by_one(obligations: pl.DataFrame, moved: pl.DataFrame, calendars: Calendars) -> pl.DataFrame:
    """Months of the finer methods and other roundings, of entities that count by weeks, of what was booked unbilled, and
    where a part of a minor unit is off."""
    months = _months_of_service(obligations, calendars)
    plain = months.join(moved, on="obligation", how="anti")
    touched = months.join(moved, on="obligation", how="semi")
    rows = pl.concat([_by_calendar(plain), _unwound(touched, moved, obligations, calendars)])
    return (
        rows.with_columns(
            accounting_period=pl.when("catch_up")
            .then(pl.max_horizontal("service_period", "booked"))
            .otherwise("service_period"),
            # Nothing is deferred of what is not billed yet.
            deferred_after=pl.when(pl.col("service_period") >= pl.col("billed")).then("deferred_after").otherwise(0),
        )
        .filter(pl.any_horizontal(pl.col("gross", "contra", "deferred_after") != 0))
        .select(EARNED)
    )


def _months_of_service(obligations: pl.DataFrame, calendars: Calendars) -> pl.DataFrame:
    """The months from the first day of service to the last (by month: one a unit; for a point: the booked one)."""
    first = month_index(pl.col("service_from"))
    last = (
        pl.when(recognition_method=RecognitionMethod.STRAIGHT_LINE_MONTHLY.value)
        .then(first + pl.col("units") - 1)
        .when(recognition_method=RecognitionMethod.STRAIGHT_LINE_DAILY.value)
        .then(month_index(pl.col("service_to").dt.offset_by("-1d")))
        .when(recognition_method=RecognitionMethod.POINT_IN_TIME.value)
        .then(first)
        .otherwise(last_month())
    )
    weekly = calendars.periods.select("legal_entity_id").unique()
    by_month = obligations.join(weekly, on="legal_entity_id", how="anti") if weekly.height else obligations
    spread = by_month.select("obligation", *_RULE, month=pl.int_ranges(first, last + 1)).explode("month")
    months = spread.with_columns(service_period=_month_of_index(pl.col("month"))).drop("month")
    months = months.with_columns(period_end=pl.col("service_period").dt.month_end())
    if weekly.is_empty():
        return months
    over = pl.max_horizontal("service_from", pl.col("service_to").dt.offset_by("-1d"))
    of_weeks = obligations.join(weekly, on="legal_entity_id", how="semi").select("obligation", *_RULE, over=over)
    named = calendars.with_periods(of_weeks, {"first": "service_from", "last": "over"})
    weeks = calendars.spread(named, "first", "last", "service_period")
    return pl.concat([months, calendars.with_ends(weeks, "service_period", "period_end").select(months.columns)])


def _month_of_index(month: pl.Expr) -> pl.Expr:
    return pl.date(month // 12, month % 12 + 1, 1)


def _by_calendar(months: pl.DataFrame) -> pl.DataFrame:
    """The finer methods and other roundings; their units may be seconds, so they are divided in Int128."""
    units = pl.col("units")
    done = months.with_columns(
        before=any_units_by_end_of(pl.col("service_period").dt.offset_by("-1d")),
        after=any_units_by_end_of(pl.col("period_end")),
    )
    at_begin = share(pl.col("amount"), units - pl.col("before"), units)
    at_end = share(pl.col("amount"), units - pl.col("after"), units)
    whole = done.filter(rounding=CUMULATIVE).with_columns(deferred_after=at_end, gross=at_begin - at_end)
    alone = done.filter(pl.col("rounding") != CUMULATIVE).with_columns(
        performed=pl.col("after") - pl.col("before"), full=covers_month(pl.col("service_period"))
    )
    rows = [whole, rounded_by_month(alone)]
    return pl.concat([frame.with_columns(contra=pl.lit(0, pl.Int64)).select(_COLUMNS) for frame in rows])


def _unwound(months: pl.DataFrame, moved: pl.DataFrame, obligations: pl.DataFrame, calendars: Calendars) -> pl.DataFrame:
    """With take-backs: the months of service and of take-backs in order, with R and D at the end of each."""
    rules = obligations.join(moved, on="obligation", how="semi").select("obligation", *_RULE)
    extra = moved.select("obligation", "service_period").join(months, on=["obligation", "service_period"], how="anti")
    later = calendars.with_ends(extra.join(rules, on="obligation"), "service_period", "period_end")
    every = pl.concat([months, later.select(months.columns)])
    here = every.join(moved, on=["obligation", "service_period"], how="left").sort("obligation", "service_period")
    to_date = here.with_columns(pl.col("off", "released", "contra").fill_null(0)).with_columns(
        pl.col("off", "released").cum_sum().over("obligation")
    )
    units = pl.col("units")
    left = units - any_units_by_end_of(pl.col("period_end"))
    amount = pl.col("amount").cast(pl.Int128) * FINE
    deferred = share(amount - pl.col("off"), left, units.cast(pl.Int128) * FINE)
    return (
        to_date.with_columns(deferred_after=deferred)
        .with_columns(gross=pl.col("amount") - pl.col("released") - pl.col("deferred_after"))
        .with_columns(gross=pl.col("gross") - pl.col("gross").shift(1).over("obligation").fill_null(0))
        .select(_COLUMNS)
    )


_COLUMNS = (
    *("obligation", "service_period", "booked", "billed", "catch_up"),
    *("gross", "contra", "deferred_after"),
)


def _by_month(
    unwound: pl.DataFrame, recovered: pl.DataFrame, obligations: pl.DataFrame, calendars: Calendars
) -> pl.DataFrame:
    """What is off the price, releases and contra of each obligation and month; bad debt given back lowers the contra."""
    given_back = recovered.select("obligation_id", "day", contra=-pl.col("amount"))
    rows = pl.concat([unwound.select("obligation_id", "day", "off", "released", "contra"), given_back], how="diagonal")
    of_entity = rows.join(obligations.select("obligation", "obligation_id", "legal_entity_id"), on="obligation_id")
    return (
        calendars.with_periods(of_entity, {"service_period": "day"})
        .group_by("obligation", "service_period")
        .agg(pl.col("off", "released", "contra").sum())
    )
