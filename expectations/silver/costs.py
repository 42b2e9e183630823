"""What it costs to get and fulfil contracts."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.COSTS,
    warns(
        holds(
            "cost_belongs_to_something",
            "A cost names a contract, a document or a product.",
            pl.any_horizontal(pl.col("contract_id", "document_id", "document_line_id", "product_id").is_not_null()),
            shows=("object_id", "kind"),
        )
    ),
)
