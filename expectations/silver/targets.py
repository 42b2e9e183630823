"""What was planned."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.TARGETS,
    holds(
        "member_has_dimension",
        "A member belongs to a dimension.",
        pl.col("member").is_null() | pl.col("dimension").is_not_null(),
        shows=("metric", "dimension", "member"),
    ),
)
