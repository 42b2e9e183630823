"""From records of a system to the balances of the books that follow from them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from assets.ledger.accounts import CREDIT_NATURED, Account
from assets.pipeline import new_journal_lines, observe_and_recognise
from lakehouse.tables import gold, ops
from tests.pipelines.systems.normalising import Record, normalise

BOOKED_AT = datetime(2030, 1, 1, tzinfo=UTC)


def balances(source: str, *records: Record) -> dict[str, str]:
    """The balance of each account at the end of February 2025, in its natural direction; zeros are left out."""
    facts = {name.partition(".")[2]: frame for name, frame in normalise(*records, source=source).facts.items()}
    computed = observe_and_recognise(facts, date(2025, 2, 28))
    journal = new_journal_lines(computed, ops.PERIOD_LOG.empty(), gold.JOURNAL.empty(), BOOKED_AT)
    assert journal["amount"].sum() == 0
    found: dict[str, Decimal] = {}
    for account, amount in journal.filter(pl.col("event_kind") != "settlement").select("account", "amount").iter_rows():
        sign = -1 if Account(account) in CREDIT_NATURED else 1
        found[account] = found.get(account, Decimal(0)) + sign * amount
    return {account: f"{amount:.2f}" for account, amount in sorted(found.items()) if amount}
