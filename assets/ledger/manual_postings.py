"""Journal entries that people prepare and approve, and the balances taken over at a cut-over.

manual:   as its lines say; an accrual reverses itself on the day it names
opening:  Dr / Cr the accounts taken over, against OpeningBalance
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.ledger.accounts import Account
from assets.ledger.postings import NONE, at_day, leg


def manual_postings(observed: Observed) -> list[pl.DataFrame]:
    """Whole, balanced entries, and the reversals that are due by `as_of`."""
    lines = observed.ledger.manual.filter(pl.col("account").is_in([account.value for account in Account]))
    made = lines.with_columns(day="posted_on")
    reversed_ = lines.filter(pl.col("reverses_on") <= observed.as_of).with_columns(
        day="reverses_on", amount=-pl.col("amount")
    )
    moved = pl.concat([made, reversed_]).with_columns(
        event_id="entry_id",
        document_id=pl.lit(NONE),
        contract_id=pl.col("contract_id").fill_null(NONE),
    )
    by_line = at_day(moved).group_by(
        *("legal_entity_id", "contract_id", "document_id", "customer_id", "kind", "event_id", "account", "currency"),
        *("posted_on", "service_period", "accounting_period"),
    )
    return [leg(by_line.agg(pl.col("amount").sum()), pl.col("account"), pl.col("amount"))]
