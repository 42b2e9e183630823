"""The finer ways of counting time that systems document: to the second, by months with prorated ends, 30/360, to a tenth.

* `straight_line_exact`: to the second (Stripe's default granularity; its periods are whole seconds).
* `straight_line_monthly_prorated`: the first and the last month by their exact share of the whole time, the full months
  between them equal (Stripe, month evenly with prorated ends).
* `monthly_prorata_temporis`: a month weighs the share of its days that is served (OCA account_move_cutoff).
* `straight_line_30_360`: every month has 30 days, the last day of any month is the 30th (Odoo `months`,
  account.move._get_deferred_diff_dates; billwerk+; Kill Bill with 30 fixed days).
* `monthly_to_a_tenth`: whole and tenth parts of months (ERPNext `Months`, erpnext/accounts/deferred_revenue.py).
* `equal_months`: every month touched is equal, the last one too (OCA account_move_cutoff `equal`, readme/CONFIGURE.rst).

Besides the columns of `assets.recognition.methods` a frame has `from_second` and `to_second`, the seconds of the accounting
day at which the service begins and ends. All counts are integers; half days and thirds of months are never floats.
"""

from __future__ import annotations

import polars as pl

from assets.recognition.methods import FAST, RecognitionMethod, day_number, month_index, units_before, units_by_end_of
from assets.recognition.methods import total_units as fast_total

DAY = 86_400
MONTH = 377_580
"""Parts of a month that 28, 29, 30 and 31 all divide: their least common multiple."""

UNITS_OF_THE_WHOLE = RecognitionMethod.STRAIGHT_LINE_MONTHLY_PRORATED.value
"""The method whose units are parts of this very service: of a longer or shorter one they are others."""


def total_units() -> pl.Expr:
    """Units of the whole promise by any method."""
    start, end = pl.col("service_from"), pl.col("service_to")
    return (
        pl.when(_is(RecognitionMethod.STRAIGHT_LINE_EXACT))
        .then(_seconds())
        .when(_is(RecognitionMethod.STRAIGHT_LINE_MONTHLY_PRORATED))
        .then(_seconds() * _full_months().clip(1))
        .when(_is(RecognitionMethod.MONTHLY_PRORATA_TEMPORIS))
        .then(_months(end) - _months(start))
        .when(_is(RecognitionMethod.STRAIGHT_LINE_30_360))
        .then((_days_of_30(end) - _days_of_30(start)).clip(1))
        .when(_is(RecognitionMethod.MONTHLY_TO_A_TENTH))
        .then(_tenths())
        .when(_is(RecognitionMethod.EQUAL_MONTHS))
        .then(last_month() - month_index(start) + 1)
        .otherwise(fast_total())
    )


def any_units_by_end_of(day: pl.Expr) -> pl.Expr:
    """Units performed when `day` ends, by any method; needs `units`, the total."""
    start, morrow = pl.col("service_from"), day.dt.offset_by("1d")
    begun = day_number(day) >= day_number(start)
    whole = pl.col("units")
    elapsed = (
        pl.when(_is(RecognitionMethod.STRAIGHT_LINE_EXACT))
        .then((day_number(morrow) - day_number(start)) * DAY - pl.col("from_second"))
        .when(_is(RecognitionMethod.STRAIGHT_LINE_MONTHLY_PRORATED))
        .then(_prorated_by_end_of(day))
        .when(_is(RecognitionMethod.MONTHLY_PRORATA_TEMPORIS))
        .then(_months(morrow) - _months(start))
        .when(_is(RecognitionMethod.STRAIGHT_LINE_30_360))
        .then(_days_of_30(morrow) - _days_of_30(start))
        .when(_is(RecognitionMethod.EQUAL_MONTHS))
        .then(month_index(day) - month_index(start) + 1)
        .otherwise(_tenths_by_end_of(day))
        .clip(0, whole)
    )
    over = day_number(morrow) * DAY >= day_number(pl.col("service_to")) * DAY + pl.col("to_second")
    calendar = pl.when(over).then(whole).when(begun).then(elapsed).otherwise(0)
    return pl.when(pl.col("recognition_method").is_in(FAST)).then(units_by_end_of(day)).otherwise(calendar)


def any_units_before(day: pl.Expr) -> pl.Expr:
    """Units performed when `day` begins, by any method. A month in tenths, or an equal one, is performed when it ends."""
    by_month = _is(RecognitionMethod.MONTHLY_TO_A_TENTH) | _is(RecognitionMethod.EQUAL_MONTHS)
    eve = pl.when(by_month).then(day.dt.month_start()).otherwise(day).dt.offset_by("-1d")
    return pl.when(pl.col("recognition_method").is_in(FAST)).then(units_before(day)).otherwise(any_units_by_end_of(eve))


def last_month() -> pl.Expr:
    """Index of the last month of service."""
    into_a_day = (pl.col("to_second") > 0) & pl.col("recognition_method").is_in(
        [RecognitionMethod.STRAIGHT_LINE_EXACT.value, RecognitionMethod.STRAIGHT_LINE_MONTHLY_PRORATED.value]
    )
    end = pl.col("service_to")
    return month_index(pl.when(into_a_day).then(end).otherwise(end.dt.offset_by("-1d")))


def covers_month(month: pl.Expr) -> pl.Expr:
    """Whether the service covers the whole month that begins on the day `month`."""
    begins = (day_number(pl.col("service_from")) < day_number(month)) | (
        (pl.col("service_from") == month) & (pl.col("from_second") == 0)
    )
    return begins & (pl.col("service_to") >= month.dt.offset_by("1mo"))


def _is(method: RecognitionMethod) -> pl.Expr:
    return pl.col("recognition_method") == method.value


def _seconds() -> pl.Expr:
    days = day_number(pl.col("service_to")) - day_number(pl.col("service_from"))
    return (days * DAY + pl.col("to_second") - pl.col("from_second")).clip(1)


def _months(day: pl.Expr) -> pl.Expr:
    """A date as a count of parts of months."""
    part = MONTH // day.dt.month_end().dt.day().cast(pl.Int64)
    return month_index(day) * MONTH + (day.dt.day().cast(pl.Int64) - 1) * part


def _days_of_30(day: pl.Expr) -> pl.Expr:
    """A date as a count of days where every month has 30; the last day of a month is its 30th."""
    number = pl.when(day == day.dt.month_end()).then(30).otherwise(day.dt.day().cast(pl.Int64))
    return month_index(day) * 30 + number.clip(1, 30) - 1


def _first_part() -> pl.Expr:
    """Seconds of service in a first month that is not whole; 0 where it is whole."""
    start = pl.col("service_from")
    partial = (start.dt.day() > 1) | (pl.col("from_second") > 0)
    rest = (day_number(start.dt.month_end()) + 1 - day_number(start)) * DAY - pl.col("from_second")
    return pl.when(partial).then(pl.min_horizontal(rest, _seconds())).otherwise(0)


def _last_part() -> pl.Expr:
    """Seconds of service in a last month that is not whole, where it is not the first."""
    start, end = pl.col("service_from"), pl.col("service_to")
    inside = (end.dt.day().cast(pl.Int64) - 1) * DAY + pl.col("to_second")
    return pl.when(month_index(end) > month_index(start)).then(inside).otherwise(0)


def _full_months() -> pl.Expr:
    """Whole months between the partial ends."""
    partial = (_first_part() > 0).cast(pl.Int64)
    return (month_index(pl.col("service_to")) - month_index(pl.col("service_from")) - partial).clip(0)


def _prorated_by_end_of(day: pl.Expr) -> pl.Expr:
    """Seconds times full months, so that an equal share of the middle is an integer."""
    start = pl.col("service_from")
    full = _full_months()
    scale = full.clip(1)
    elapsed = (day_number(day) + 1 - day_number(start)) * DAY - pl.col("from_second")
    first, last = _first_part(), _last_part()
    middle = _seconds() - first - last
    done = month_index(day) - month_index(start) - (first > 0).cast(pl.Int64)
    days = day.dt.month_end().dt.day().cast(pl.Int64)
    within = middle * day.dt.day().cast(pl.Int64) // days
    in_last = (day.dt.day().cast(pl.Int64) * DAY).clip(0, last)
    return (
        pl.when((full == 0) | (done < 0))
        .then(elapsed * scale)
        .when(done < full)
        .then(first * scale + middle * done + within)
        .otherwise((first + middle + in_last) * scale)
    )


def _tenth(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The quotient in tenths, half up."""
    whole = denominator.clip(1)
    return (20 * numerator + whole) // (2 * whole)


def _tenths() -> pl.Expr:
    """Months touched times the share of their days, to a tenth; at least a tenth."""
    start, last = pl.col("service_from"), pl.col("service_to").dt.offset_by("-1d")
    touched = month_index(last) - month_index(start) + 1
    served = day_number(last) - day_number(start)
    span = day_number(last.dt.month_end()) - day_number(start.dt.month_start())
    return _tenth(touched * served, span).clip(1)


def _tenths_by_end_of(day: pl.Expr) -> pl.Expr:
    start = pl.col("service_from")
    of_first = _tenth(
        day_number(start.dt.month_end()) - day_number(start),
        day_number(start.dt.month_end()) - day_number(start.dt.month_start()),
    )
    first = pl.when(start.dt.day() == 1).then(10).otherwise(of_first)
    return first + 10 * (month_index(day) - month_index(start))
