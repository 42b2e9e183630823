"""Lines of another ledger."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.LEDGER_ENTRIES,
    holds("account_named", "A ledger line names its account.", pl.col("account") != "", shows=("entry_id",)),
    holds("line_number_counts_from_one", "Lines are counted from one.", pl.col("line_number") >= 1, shows=("line_number",)),
)
