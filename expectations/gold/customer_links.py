"""Customers of several systems: each has one that stands for all, which stands for itself."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import Context, gold_suite, grain
from lakehouse.tables import gold


def groups(links: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each customer that stands for others: how many it stands for, and whether it is one of them."""
    return links.group_by("canonical_customer_id").agg(
        members=pl.len(), stands_for_itself=(pl.col("customer_id") == pl.col("canonical_customer_id")).any()
    )


SUITE = gold_suite(
    gold.CUSTOMER_LINKS,
    holds(
        "evidence_is_json",
        "The evidence of a link is a JSON object.",
        pl.col("evidence").str.contains(r"^\{.*\}$"),
        shows=("customer_id", "evidence"),
    ),
    grains=(
        grain(
            ("canonical_customer_id",),
            groups,
            holds(
                "stands_for_itself_and_others",
                "The customer that stands for all is one of them, and there are others.",
                pl.col("stands_for_itself") & (pl.col("members") > 1),
                shows=("canonical_customer_id", "members"),
            ),
        ),
    ),
)
