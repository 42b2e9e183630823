"""Recognised revenue by accounting month: gross, what was taken back of it, net."""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import CONTRA_REVENUE, Account
from lakehouse.tables import gold

_BY = ("book", "legal_entity_id", "currency", "accounting_period")


def revenue_by_month(journal: pl.LazyFrame) -> pl.DataFrame:
    """gold.revenue_by_month: net is revenue less refunds, credit notes, disputes, voids and bad debt (ASC 606-10-32-2)."""
    accounts = [Account.REVENUE.value, *(account.value for account in CONTRA_REVENUE)]
    credit = -pl.col("amount")
    is_revenue = pl.col("account") == Account.REVENUE.value
    months = (
        journal.filter(pl.col("account").is_in(accounts))
        .group_by(_BY)
        .agg(
            gross_revenue=credit.filter(is_revenue).sum(),
            contra_revenue=credit.filter(~is_revenue).sum(),
            net_revenue=credit.sum(),
        )
        .filter(pl.any_horizontal(pl.col("gross_revenue", "contra_revenue") != 0))
        .collect()
    )
    return gold.REVENUE_BY_MONTH.conform(months.sort(_BY))
