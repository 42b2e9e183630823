"""Proof that tax is a liability and never revenue: what was invoiced is price and tax, and nothing else."""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.calendars import MONTHS, Calendars
from assets.ledger.accounts import Account
from assets.ledger.spine import balance_by_month
from lakehouse.tables import gold

MOVEMENTS = ("invoiced", "net", "tax", "tax_taken_back", "tax_remitted")
MOVED = ("tax", "tax_taken_back", "tax_remitted")
"""Movements of what is owed."""
_BY = ("book", "legal_entity_id", "currency")
_PRICE = ("DeferredRevenue", "UnbilledAccountsReceivable", "ContractLiability", "Revenue")


def tax_proof(journal: pl.LazyFrame, as_of: date, calendars: Calendars = MONTHS) -> pl.DataFrame:
    """gold.tax_proof: invoiced = net + tax, and the tax that is owed rolls forward."""
    account, credit = pl.col("account"), -pl.col("amount")
    invoice = pl.col("event_kind") == "invoice"
    taxed = account == Account.TAX_LIABILITY.value
    remitted = pl.col("event_kind") == "tax_remitted"
    months = (
        journal.filter(invoice | taxed)
        .group_by(*_BY, "accounting_period")
        .agg(
            invoiced=pl.col("amount").filter(invoice & (account == Account.ACCOUNTS_RECEIVABLE.value)).sum(),
            net=credit.filter(invoice & account.is_in(_PRICE)).sum(),
            tax=credit.filter(invoice & taxed).sum(),
            tax_taken_back=credit.filter(~invoice & taxed & ~remitted).sum(),
            tax_remitted=credit.filter(taxed & remitted).sum(),
        )
        .collect()
    )
    moved = months.filter(pl.any_horizontal(pl.col(MOVEMENTS) != 0))
    moves = pl.sum_horizontal(MOVED)
    rows = balance_by_month(moved, _BY, moves, as_of, calendars).rename({"closing": "tax_owed"}).drop("opening")
    return gold.TAX_PROOF.conform(rows.sort(*_BY, "accounting_period"))
