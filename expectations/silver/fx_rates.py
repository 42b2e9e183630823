"""Rates between currencies."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.FX_RATES,
    holds(
        "rate_is_positive", "A rate is above zero.", pl.col("rate") > 0, shows=("base_currency", "quote_currency", "rate")
    ),
    holds(
        "currencies_differ",
        "A rate is between two currencies.",
        pl.col("base_currency") != pl.col("quote_currency"),
        shows=("base_currency", "quote_currency"),
    ),
)
