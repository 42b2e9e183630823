"""Lines of a document: each bills something once, over a period that runs forward."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.DOCUMENT_LINES,
    holds(
        "service_in_order",
        "Service ends no earlier than it begins.",
        pl.col("service_to") >= pl.col("service_from"),
        shows=("object_id", "service_from", "service_to"),
    ),
    holds(
        "service_has_both_ends",
        "A service period has a beginning and an end, or neither.",
        pl.col("service_from").is_null() == pl.col("service_to").is_null(),
        shows=("object_id", "service_from", "service_to"),
    ),
    holds(
        "line_number_counts_from_one",
        "The lines of a document are counted from 1.",
        pl.col("line_number") >= 1,
        shows=("object_id", "line_number"),
    ),
    holds(
        "line_number_is_unique",
        "No two lines of a document, as one event tells it, have the same number.",
        pl.struct("source", "source_event_id", "document_id", "line_number").is_unique(),
        shows=("document_id", "line_number"),
    ),
    holds(
        "discount_not_negative",
        "A discount takes off nothing or more.",
        pl.col("discount") >= 0,
        shows=("object_id", "discount"),
    ),
)
