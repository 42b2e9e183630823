"""Products of several systems: each has one that stands for all, which stands for itself."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import Context, gold_suite, grain
from lakehouse.tables import gold


def groups(links: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each product that stands for others: how many it stands for, and whether it is one of them."""
    return links.group_by("canonical_product_id").agg(
        members=pl.len(), stands_for_itself=(pl.col("product_id") == pl.col("canonical_product_id")).any()
    )


SUITE = gold_suite(
    gold.PRODUCT_LINKS,
    holds(
        "evidence_is_json",
        "The evidence of a link is a JSON object.",
        pl.col("evidence").str.contains(r"^\{.*\}$"),
        shows=("product_id", "evidence"),
    ),
    grains=(
        grain(
            ("canonical_product_id",),
            groups,
            holds(
                "stands_for_itself_and_others",
                "The product that stands for all is one of them, and there are others.",
                pl.col("stands_for_itself") & (pl.col("members") > 1),
                shows=("canonical_product_id", "members"),
            ),
        ),
    ),
)
