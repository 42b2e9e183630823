"""Links between systems: each joins two things, copies stand in two systems, and evidence can be read."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import gold_suite
from lakehouse.tables import gold

COPY = pl.col("link_kind") == "copy_of"

SUITE = gold_suite(
    gold.TRANSACTION_LINKS,
    holds(
        "two_things_are_linked",
        "A link joins two things, not one with itself.",
        (pl.col("from_object_id") != pl.col("to_object_id")) | (pl.col("from_kind") != pl.col("to_kind")),
        shows=("from_object_id", "to_object_id"),
    ),
    holds(
        "copy_is_of_one_kind",
        "A copy is of the same kind of thing; only a credit note may be a copy of a refund.",
        ~COPY
        | (pl.col("from_kind") == pl.col("to_kind"))
        | ((pl.col("from_kind") == "document") & (pl.col("to_kind") == "cash")),
        shows=("from_object_id", "from_kind", "to_kind"),
    ),
    holds(
        "guess_is_between_systems",
        "Only an id that a system states makes two things of one system copies.",
        ~COPY | (pl.col("confidence") == "certain") | (pl.col("from_system") != pl.col("to_system")),
        shows=("from_object_id", "to_object_id", "rule"),
    ),
    holds(
        "evidence_is_json",
        "The evidence of a link is a JSON object.",
        pl.col("evidence").str.contains(r"^\{.*\}$"),
        shows=("from_object_id", "evidence"),
    ),
)
