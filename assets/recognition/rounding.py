"""Which month of a schedule takes the odd cents: a named choice, because the systems differ.

* `cumulative` (the default): what is earned to date is rounded, a month is the difference. No month is ever off by more
  than one minor unit.
* `last_month`: every month is rounded by itself and the last takes what is left (ERPNext,
  erpnext/accounts/deferred_revenue.py).
* `first_month`: the same, the first takes it (OCA account_move_cutoff, readme/CONFIGURE.rst).
* `last_full_month`: months are cut off after the last whole minor unit and the last full month takes what is left (Stripe,
  https://docs.stripe.com/revenue-recognition/revenue-settings/examples, months evenly with prorated ends).
"""

from __future__ import annotations

import polars as pl

from assets.money.rounding import share

CUMULATIVE, LAST_MONTH, FIRST_MONTH, LAST_FULL_MONTH = "cumulative", "last_month", "first_month", "last_full_month"
ROUNDINGS = (CUMULATIVE, LAST_MONTH, FIRST_MONTH, LAST_FULL_MONTH)


def rounded_by_month(months: pl.DataFrame) -> pl.DataFrame:
    """Months with `gross` and `deferred_after`, each month rounded by itself.

    `months`: the months of each obligation with `amount`, `units`, `performed` (units of the month), `full` (whether the
    service covers the whole month) and `rounding`; minor units.
    """
    first = pl.int_range(pl.len()).over("obligation") == 0
    last = pl.int_range(pl.len()).over("obligation") == pl.len().over("obligation") - 1
    nearest = share(pl.col("amount"), pl.col("performed"), pl.col("units"))
    full_to_come = pl.col("full").cast(pl.Int64).cum_sum(reverse=True).over("obligation")
    last_full = pl.col("full") & (full_to_come == 1)
    any_full = pl.col("full").any().over("obligation")
    cut_off = pl.col("rounding") == LAST_FULL_MONTH
    takes_rest = (
        pl.when(rounding=FIRST_MONTH).then(first).when(cut_off & any_full).then(last_full).otherwise(last).cast(pl.Int64)
    )
    each = months.sort("obligation", "service_period").with_columns(
        own=pl.when(cut_off).then(_cut_off()).otherwise(nearest), takes_rest=takes_rest
    )
    rest = pl.col("amount") - pl.col("own").sum().over("obligation")
    earned = each.with_columns(gross=pl.col("own") + pl.col("takes_rest") * rest)
    return earned.with_columns(deferred_after=pl.col("amount") - pl.col("gross").cum_sum().over("obligation"))


def _cut_off() -> pl.Expr:
    """amount * performed / units towards zero, in Int128 because seconds times cents pass Int64."""
    size = pl.col("amount").abs().cast(pl.Int128) * pl.col("performed").cast(pl.Int128)
    return (size // pl.col("units").cast(pl.Int128)).cast(pl.Int64) * pl.col("amount").sign()
