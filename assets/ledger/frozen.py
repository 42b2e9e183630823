"""What a close freezes: the net posted in the period by account and currency; and whether the journal still says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.ledger.accounts import REVENUE_MODULE, module_of
from assets.ledger.periods import DEFAULT_BOOK, standing_closes
from lakehouse.types import MONEY_PRECISION, MONEY_SCALE

_MONEY = pl.Decimal(MONEY_PRECISION, MONEY_SCALE)
_AMOUNTS = ("amount", "functional_amount")
_BOOKS = ("legal_entity_id", "book", "module", "period")
_BALANCE = (*_BOOKS, "account", "currency", "functional_currency")


@dataclass(frozen=True)
class Books:
    """Whose books, which, and which part of them closes."""

    legal_entity_id: str = "default"
    book: str = DEFAULT_BOOK
    module: str = REVENUE_MODULE


def posted_in(journal: pl.LazyFrame, books: Books, period: date) -> pl.LazyFrame:
    """Lines of one part of the books in one accounting period."""
    ours = journal.filter(legal_entity_id=books.legal_entity_id, book=books.book, accounting_period=period)
    return ours.filter(module_of() == books.module)


def frozen_balances(journal: pl.LazyFrame, books: Books, period: date) -> pl.DataFrame:
    """`account`, `currency`, `amount` (debit positive) and the same in the functional currency, of what was posted."""
    return (
        posted_in(journal, books, period)
        .group_by("account", "currency", "functional_currency")
        .agg(pl.col(_AMOUNTS).sum().cast(_MONEY))
        .sort("account", "currency", "functional_currency")
        .collect()
    )


def altered_closes(journal: pl.LazyFrame, period_log: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """Balances of periods that stand closed in which the journal differs from what the close froze: none, by law 5.

    Returns legal_entity_id, book, module, period, account, currency, functional_currency, frozen, posted, and both in the
    functional currency.
    """
    closed = standing_closes(period_log).select(*_BOOKS, "sequence")
    frozen = balances.join(closed, on=[*_BOOKS, "sequence"])
    posted = (
        journal.with_columns(module=module_of())
        .rename({"accounting_period": "period"})
        .join(closed.lazy(), on=_BOOKS, how="semi")
        .group_by(_BALANCE)
        .agg(posted=pl.col("amount").sum().cast(_MONEY), functional_posted=pl.col("functional_amount").sum().cast(_MONEY))
        .collect()
    )
    told = frozen.select(*_BALANCE, frozen="amount", functional_frozen="functional_amount")
    both = told.join(posted, on=_BALANCE, how="full", coalesce=True).with_columns(
        pl.col("frozen", "posted", "functional_frozen", "functional_posted").fill_null(0)
    )
    changed = (pl.col("frozen") != pl.col("posted")) | (pl.col("functional_frozen") != pl.col("functional_posted"))
    return both.filter(changed).sort(_BALANCE)
