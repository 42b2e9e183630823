"""What was used: a meter and a unit, counted once."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.USAGE,
    holds("meter_named", "Usage says what was counted.", pl.col("meter") != "", shows=("object_id",)),
    warns(
        holds(
            "usage_has_an_owner",
            "Usage names a customer, a contract or a contract line; without one nobody can be billed for it.",
            pl.any_horizontal(pl.col("customer_id", "contract_id", "contract_line_id").is_not_null()),
            shows=("object_id", "meter"),
        )
    ),
)
