"""Quantities on hand."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.STOCK,
    holds("unit_cost_not_negative", "A cost is nothing or more.", pl.col("unit_cost") >= 0, shows=("unit_cost",)),
    holds(
        "cost_has_currency",
        "A cost has a currency.",
        pl.col("unit_cost").is_null() | pl.col("currency").is_not_null(),
        shows=("unit_cost", "currency"),
    ),
)
