"""Remaining performance obligations: the price of what is still to be performed, by when it will be.

ASC 606-10-50-13 to 50-15; IFRS 15.120 to 122. A contract expected to last a year or less may be left out (50-14(a)); it is
marked, not dropped.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from lakehouse.tables import gold

_BY = ["book", "legal_entity_id", "currency", "as_of", "year", "band", "expedient"]


def remaining_obligations(schedule: pl.DataFrame, obligations: pl.DataFrame, as_of: date, book: str) -> pl.DataFrame:
    """gold.remaining_obligations of one book, from its schedule and obligations (gold, in major units).

    A period that has ended by `as_of` is performed; of the running one nothing is, as in the journal.
    """
    year = pl.col("service_to") > pl.col("service_from").dt.offset_by("1y")
    spans = obligations.group_by("contract_id").agg(pl.col("service_from").min(), pl.col("service_to").max())
    lasting = spans.select("contract_id", expedient=pl.when(year).then(pl.lit("none")).otherwise(pl.lit("one_year")))
    open_ = schedule.filter((pl.col("period_end") > as_of) & (pl.col("amount") != 0))
    ahead = _months(pl.col("accounting_period")) - _months(pl.lit(as_of.replace(day=1)))
    band = (
        pl.when(ahead <= 12)
        .then(pl.lit("1-12"))
        .when(ahead <= 24)
        .then(pl.lit("13-24"))
        .when(ahead <= 36)
        .then(pl.lit("25-36"))
        .otherwise(pl.lit("37+"))
    )
    told = open_.join(lasting, on="contract_id", how="left").with_columns(
        book=pl.lit(book), as_of=pl.lit(as_of), year=pl.col("accounting_period").dt.year(), band=band
    )
    rows = told.group_by(_BY).agg(pl.col("amount").sum(), obligations=pl.col("obligation_id").n_unique())
    return gold.REMAINING_OBLIGATIONS.conform(rows.sort(_BY))


def _months(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64)
