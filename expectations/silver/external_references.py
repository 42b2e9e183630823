"""What systems call the same thing."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.EXTERNAL_REFERENCES,
    holds(
        "reference_named",
        "A reference is not empty.",
        pl.all_horizontal(pl.col("reference", "reference_kind").str.strip_chars() != ""),
        shows=("object_id", "reference_kind"),
    ),
)
