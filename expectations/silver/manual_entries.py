"""Journal entries that people prepare: a second person approves, and they post to accounts of the chart."""

from __future__ import annotations

import polars as pl

from expectations.chart import CHART
from expectations.expectation import holds
from expectations.silver.legal_entities import BOOKS
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.MANUAL_ENTRIES,
    holds("account_in_chart", "Lines post to accounts of the chart.", pl.col("account").is_in(CHART), shows=("account",)),
    holds(
        "approver_is_not_preparer",
        "Somebody else than the preparer approved the entry.",
        (pl.col("approver").str.strip_chars() != "") & (pl.col("approver") != pl.col("preparer")),
        shows=("entry_id", "preparer", "approver"),
    ),
    holds("reason_is_given", "An entry has a reason.", pl.col("reason").str.strip_chars() != "", shows=("entry_id",)),
    holds("book_is_known", "A book is one that is kept.", pl.col("book").is_in(BOOKS), shows=("book",)),
    holds(
        "line_is_one_of_its_entry",
        "Lines are counted from one to as many as the entry has.",
        (pl.col("line_number") >= 1) & (pl.col("line_number") <= pl.col("line_count")),
        shows=("entry_id", "line_number", "line_count"),
    ),
    holds(
        "reversed_after_posted",
        "An accrual is reversed after the day on which it is posted.",
        pl.col("reverses_on") > pl.col("posted_on"),
        shows=("entry_id", "posted_on", "reverses_on"),
    ),
)
