"""Offers: what they say adds up."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.QUOTES,
    holds(
        "amount_has_currency",
        "An amount has a currency.",
        pl.all_horizontal(pl.col(c).is_null() for c in ("subtotal", "discount", "tax", "total"))
        | pl.col("currency").is_not_null(),
        shows=("subtotal", "discount", "tax", "total", "currency"),
    ),
    holds("discount_not_negative", "A discount takes something off.", pl.col("discount") >= 0, shows=("discount",)),
    holds(
        "total_is_sum_of_parts",
        "An offer's total is its subtotal less discount plus tax.",
        pl.any_horizontal(pl.col("total", "subtotal").is_null())
        | (pl.col("subtotal") - pl.col("discount").fill_null(0) + pl.col("tax").fill_null(0) == pl.col("total")),
        shows=("subtotal", "discount", "tax", "total"),
    ),
)
