"""What we sell."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, of_whole_state, warns
from expectations.silver.policies import RECOGNITION_METHODS
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.PRODUCTS,
    holds("unit_cost_not_negative", "A unit costs nothing or more.", pl.col("unit_cost") >= 0, shows=("unit_cost",)),
    warns(
        of_whole_state(
            holds(
                "cost_has_currency",
                "A cost names its currency; where it does not, it is that of the entity.",
                pl.col("unit_cost").is_null() | pl.col("cost_currency").is_not_null(),
                shows=("unit_cost",),
            )
        )
    ),
    holds(
        "recognition_method_is_known",
        "A product's recognition method is one that the rules can compute.",
        pl.col("recognition_method").is_in(RECOGNITION_METHODS),
        shows=("recognition_method",),
    ),
)
