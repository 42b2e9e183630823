"""What was done for a customer."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.PERFORMANCE,
    holds(
        "performance_says_how_much",
        "What was done is a quantity or a cost.",
        pl.any_horizontal(pl.col("quantity", "amount").is_not_null()),
        shows=("object_id", "kind"),
    ),
    holds(
        "performance_is_for_something",
        "What was done was done for a contract, an invoice or a line of one.",
        pl.any_horizontal(pl.col("contract_id", "contract_line_id", "document_id", "document_line_id").is_not_null()),
        shows=("object_id", "kind"),
    ),
    holds(
        "amount_has_currency",
        "An amount has a currency.",
        pl.all_horizontal(pl.col(c).is_null() for c in ("amount",)) | pl.col("currency").is_not_null(),
        shows=("amount", "currency"),
    ),
)
