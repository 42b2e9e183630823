"""What several systems hold is counted once: one system's copies count, and all others say which."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import Context, gold_suite, grain
from lakehouse.tables import gold


def sales(copies: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each sale with how many copies it has, how many count, and of how many systems those are."""
    return copies.group_by("sale_id").agg(
        copies=pl.len(),
        counting=pl.col("counts").sum(),
        systems=pl.col("system").filter("counts").n_unique(),
    )


SUITE = gold_suite(
    gold.SALE_COPIES,
    holds(
        "counted_copy_is_of_counted_system",
        "Of what several systems hold only the copies of the system that was chosen count.",
        ~pl.col("counts") | (pl.col("system") == pl.col("counted_system")),
        shows=("object_id", "system", "counted_system"),
    ),
    holds(
        "evidence_is_not_what_counts",
        "A copy that does not count is not the one that does.",
        pl.col("counts") | (pl.col("object_id") != pl.col("counted_object_id")),
        shows=("object_id", "counted_object_id"),
    ),
    grains=(
        grain(
            ("sale_id",),
            sales,
            holds(
                "one_system_counts",
                "Exactly one system's copy of a sale counts: nothing is counted twice, nothing is lost.",
                (pl.col("counting") > 0) & (pl.col("systems") == 1),
                shows=("sale_id", "counting", "systems"),
            ),
            holds(
                "sale_has_copies",
                "What is listed has two copies or more.",
                pl.col("copies") > 1,
                shows=("sale_id", "copies"),
            ),
        ),
    ),
)
