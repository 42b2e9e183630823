"""Changes of a document's state."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.DOCUMENT_EVENTS,
    holds(
        "exclusion_has_reason",
        "Whoever excludes a document says why.",
        (pl.col("kind") != "excluded") | pl.col("reason").is_not_null(),
        shows=("document_id", "kind"),
    ),
)
