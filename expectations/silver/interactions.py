"""What touched a customer."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.INTERACTIONS,
    warns(
        holds(
            "interaction_is_with_someone",
            "An interaction names a customer or a deal.",
            pl.any_horizontal(pl.col("customer_id", "opportunity_id").is_not_null()),
            shows=("object_id", "kind"),
        )
    ),
    holds("interaction_says_what", "An interaction says what kind it was.", pl.col("kind") != "", shows=("object_id",)),
)
