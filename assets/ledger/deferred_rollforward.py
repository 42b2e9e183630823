"""The deferred-revenue roll-forward: opening, billed, recognised, taken back, closing.

The disclosure of changes in the contract liability, ASC 606-10-50-8 and 50-10, IFRS 15.116 and 118. The balance is
stated as a liability: credit positive.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.calendars import MONTHS, Calendars
from assets.ledger.accounts import Account
from assets.ledger.spine import balance_by_month
from lakehouse.tables import gold

MOVEMENT_OF = {
    "billed": "invoice",
    "recognised": "recognition",
    "refunded": "refund",
    "credited": "credit_note",
    "disputed": "dispute",
    "voided": "void",
    "written_off": "uncollectible",
    "excluded": "exclusion",
    "manual": "manual",
    "taken_over": "opening",
}
"""Column of the roll-forward, and the kind of event that moves it."""

_BY = ("book", "legal_entity_id", "currency")


def deferred_rollforward(journal: pl.LazyFrame, as_of: date, calendars: Calendars = MONTHS) -> pl.DataFrame:
    """gold.deferred_rollforward: opening and movements sum to closing, every month, without gaps."""
    deferred = journal.filter(pl.col("account") == Account.DEFERRED_REVENUE.value)
    credit = -pl.col("amount")
    months = (
        deferred.group_by(*_BY, "accounting_period")
        .agg(credit.filter(pl.col("event_kind") == kind).sum().alias(column) for column, kind in MOVEMENT_OF.items())
        .collect()
    )
    moved = months.filter(pl.any_horizontal(pl.col(list(MOVEMENT_OF)) != 0))
    rows = balance_by_month(moved, _BY, pl.sum_horizontal(*MOVEMENT_OF), as_of, calendars)
    return gold.DEFERRED_ROLLFORWARD.conform(rows)
