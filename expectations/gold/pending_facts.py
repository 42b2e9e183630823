"""Facts that wait: each names a silver table, what it waits for, and its amount with a currency."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import gold_suite
from lakehouse.tables import gold, silver

SILVER_TABLES = tuple(name for table in silver.TABLES for name in (table.name, table.qualified_name))

SUITE = gold_suite(
    gold.PENDING_FACTS,
    holds(
        "table_is_silver",
        "A fact that waits stands in a silver table.",
        pl.col("table_name").is_in(SILVER_TABLES),
        shows=("table_name", "row_key"),
    ),
    holds(
        "amount_has_currency",
        "An amount that waits says in which currency it is.",
        pl.col("amount").is_null() | pl.col("currency").is_not_null(),
        shows=("row_key", "amount"),
    ),
)
