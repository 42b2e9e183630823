"""Reported beside restated: what was posted in each period, and what belongs to it by everything that is known now.

The difference of a closed period is what was learned after its close; over all periods there is none.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from assets.ledger.journal import functional_to_major
from assets.money.conversion import to_major
from lakehouse.tables import gold

_BY = ["book", "legal_entity_id", "currency", "account", "functional_currency", "accounting_period"]


def restated_balances(journal: pl.LazyFrame, desired: Iterable[tuple[str, pl.DataFrame]]) -> pl.DataFrame:
    """gold.restated_balances; `desired` has the desired postings of each book in parts, minor units, no period closed."""
    amounts = ("amount", "functional_amount")
    reported = (
        journal.group_by(_BY)
        .agg(pl.col(amounts).sum())
        .collect(engine="streaming")
        .rename({"amount": "reported", "functional_amount": "functional_reported"})
    )
    known = pl.concat(_known(book, postings) for book, postings in desired)
    restated = known.group_by(_BY).agg(pl.col("restated", "functional_restated").sum())
    columns = ("reported", "restated", "functional_reported", "functional_restated")
    both = reported.join(restated, on=_BY, how="full", coalesce=True).with_columns(pl.col(columns).fill_null(0))
    return gold.RESTATED_BALANCES.conform(both.filter(pl.any_horizontal(pl.col(columns) != 0)).sort(_BY))


def _known(book: str, postings: pl.DataFrame) -> pl.DataFrame:
    summed = (
        postings.with_columns(book=pl.lit(book), account=pl.col("account").cast(pl.String))
        .group_by(_BY)
        .agg(pl.col("amount", "functional_amount").sum())
    )
    major = to_major(functional_to_major(summed), "amount")
    return major.select(*_BY, restated="amount", functional_restated="functional_amount")
