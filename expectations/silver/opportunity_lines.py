"""What a deal sells."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.OPPORTUNITY_LINES,
    holds(
        "amount_has_currency",
        "An amount has a currency.",
        pl.all_horizontal(pl.col(c).is_null() for c in ("amount", "unit_price", "discount"))
        | pl.col("currency").is_not_null(),
        shows=("amount", "unit_price", "discount", "currency"),
    ),
    holds("discount_not_negative", "A discount takes something off.", pl.col("discount") >= 0, shows=("discount",)),
    holds(
        "service_in_order",
        "A service does not end before it begins.",
        pl.col("service_to") >= pl.col("service_from"),
        shows=("service_from", "service_to"),
    ),
)
