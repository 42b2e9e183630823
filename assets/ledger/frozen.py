"""What a close freezes: the net posted in the period by account and currency; and whether the journal still says so."""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.ledger.periods import MODULE, standing_closes
from lakehouse.types import MONEY_PRECISION, MONEY_SCALE

_MONEY = pl.Decimal(MONEY_PRECISION, MONEY_SCALE)
_BOOKS = ("legal_entity_id", "book", "period", "account", "currency")


def frozen_balances(journal: pl.LazyFrame, entity: str, book: str, period: date) -> pl.DataFrame:
    """`account`, `currency` and `amount` (debit positive) of everything posted in one accounting period."""
    return (
        journal.filter(legal_entity_id=entity, book=book, accounting_period=period)
        .group_by("account", "currency")
        .agg(pl.col("amount").sum().cast(_MONEY))
        .sort("account", "currency")
        .collect()
    )


def altered_closes(journal: pl.LazyFrame, period_log: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """Balances of periods that stand closed in which the journal differs from what the close froze: none, by law 5.

    Returns legal_entity_id, book, period, account, currency, frozen, posted.
    """
    closed = standing_closes(period_log).filter(module=MODULE).select("legal_entity_id", "book", "period", "sequence")
    frozen = balances.filter(module=MODULE).join(closed, on=["legal_entity_id", "book", "period", "sequence"])
    posted = (
        journal.rename({"accounting_period": "period"})
        .join(closed.lazy(), on=["legal_entity_id", "book", "period"], how="semi")
        .group_by(_BOOKS)
        .agg(posted=pl.col("amount").sum().cast(_MONEY))
        .collect()
    )
    both = frozen.select(*_BOOKS, frozen="amount").join(posted, on=_BOOKS, how="full", coalesce=True)
    both = both.with_columns(pl.col("frozen", "posted").fill_null(0))
    return both.filter(pl.col("frozen") != pl.col("posted")).sort(_BOOKS)
