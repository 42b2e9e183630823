"""How monthly recurring revenue moved: new, reactivation, expansion, contraction, churn, by customer.

A customer is new once, in whatever currency; churns only when no MRR is left in any; comes back as a reactivation. All
else is expansion or contraction, a second subscription and a cancelled one of several included (ChartMogul's rules,
https://help.chartmogul.com). Opening + movements = closing, for each customer, month and currency.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.metrics.mrr import POLICY, first_open_month
from assets.money.conversion import to_major
from lakehouse.tables import gold

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
_MONEY = ("opening", *MOVEMENTS, "closing")


def mrr_movements(mrr: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """gold.mrr_movements for every customer, currency and month with MRR at its start or its end."""
    by_currency = _openings(mrr, ["customer_id", "currency"], as_of)
    of_customer = _openings(mrr.group_by("customer_id", "month").agg(pl.col("mrr").abs().sum()), ["customer_id"], as_of)
    first = mrr.group_by("customer_id").agg(first_month=pl.col("month").min())
    whole = of_customer.select("customer_id", "month", had="opening", has="closing").join(first, on="customer_id")
    rows = by_currency.join(whole, on=["customer_id", "month"]).with_columns(change=pl.col("closing") - pl.col("opening"))
    starts, ends = pl.col("had") == 0, pl.col("has") == 0
    stays = ~starts & ~ends
    is_first = pl.col("month") == pl.col("first_month")
    moved = rows.with_columns(
        new=_where(starts & is_first),
        reactivation=_where(starts & ~is_first),
        expansion=_where(stays & (pl.col("change") > 0)),
        contraction=_where(stays & (pl.col("change") < 0)),
        churn=_where(ends),
        policy=pl.lit(POLICY),
    )
    kept = moved.select("month", "customer_id", "currency", *_MONEY, "policy")
    return gold.MRR_MOVEMENTS.conform(to_major(kept, *_MONEY))


def mrr_by_month(movements: pl.DataFrame) -> pl.DataFrame:
    """gold.mrr_by_month: the company's movements, and how many customers have MRR at the month's end.

    A month in which everything cancels out has no row.
    """
    totals = movements.group_by("month", "currency").agg(
        pl.col(_MONEY).sum(), customers=pl.col("customer_id").filter(pl.col("closing") != 0).n_unique()
    )
    told = totals.filter(pl.any_horizontal(pl.col(*_MONEY, "customers") != 0))
    return gold.MRR_BY_MONTH.conform(told.sort("month", "currency"))


def _openings(mrr: pl.DataFrame, by: list[str], as_of: date) -> pl.DataFrame:
    """Closing of each month beside its opening, for months where either is not zero."""
    closing = mrr.select(*by, "month", closing="mrr")
    opening = mrr.select(*by, pl.col("month").dt.offset_by("1mo"), opening="mrr")
    opening = opening.filter(pl.col("month") < first_open_month(as_of))
    joined = closing.join(opening, on=[*by, "month"], how="full", coalesce=True)
    return joined.with_columns(pl.col("opening", "closing").fill_null(0))


def _where(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then("change").otherwise(0)
