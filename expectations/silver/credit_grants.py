"""Credits that a customer may use."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.CREDIT_GRANTS,
    holds("amount_not_negative", "A grant is worth nothing or more.", pl.col("amount") >= 0, shows=("amount",)),
    holds(
        "promotional_credit_is_not_paid",
        "A promotional credit costs the customer nothing.",
        (pl.col("kind") != "promotional") | ~pl.col("paid"),
        shows=("kind", "paid"),
    ),
    holds(
        "expiry_after_grant",
        "A grant lapses after it was made.",
        pl.col("expires_at") > pl.col("effective_at"),
        shows=("effective_at", "expires_at"),
    ),
)
