"""The trial balance: opening, debits, credits and closing of every account by accounting period."""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.calendars import MONTHS, Calendars
from assets.ledger.spine import balance_by_month
from lakehouse.tables import gold

_BY = ("book", "legal_entity_id", "account", "currency", "functional_currency")
_BALANCE = ("contract_id", "obligation_id", "service_period", "accounting_period")


def trial_balance(journal: pl.LazyFrame, as_of: date, calendars: Calendars = MONTHS) -> pl.DataFrame:
    """gold.trial_balance: opening + debit - credit = closing, for every period from an account's first to that of as_of.

    Debits and credits are of balances by contract, obligation and service period: what was posted and taken back within a
    month does not swell them, and the order in which facts arrived does not show (law 3).
    """
    amount, functional = pl.col("amount"), pl.col("functional_amount")
    net = journal.group_by(*_BY, *_BALANCE).agg(amount.sum(), functional.sum())
    months = (
        net.filter((amount != 0) | (functional != 0))
        .group_by(*_BY, "accounting_period")
        .agg(
            debit=amount.filter(amount > 0).sum(),
            credit=-amount.filter(amount < 0).sum(),
            functional_moved=functional.sum(),
        )
        .filter(pl.any_horizontal(pl.col("debit", "credit", "functional_moved") != 0))
        .collect(engine="streaming")
    )
    rows = balance_by_month(months, _BY, pl.col("debit") - pl.col("credit"), as_of, calendars).sort(
        *_BY, "accounting_period"
    )
    closing = pl.col("functional_moved").cum_sum().over(_BY)
    return gold.TRIAL_BALANCE.conform(rows.with_columns(functional_closing=closing).drop("functional_moved"))
