"""Credits: no more is used or lapses of a grant than was granted."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold, silver

ORDER = ("effective_at", "source_sequence", "known_at", "row_key")


def against_grants(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each grant with what of it is used up or lapsed, and what it is worth."""
    state = (
        context[silver.CREDIT_GRANTS.qualified_name].sort(ORDER, nulls_last=False).unique(subset="object_id", keep="last")
    )
    gone = rows.group_by("grant_id").agg(gone=pl.col("amount").sum())
    return gone.join(state.select(grant_id="object_id", worth="amount"), on="grant_id", how="left")


SUITE = gold_suite(
    gold.CREDIT_DRAWDOWN,
    holds(
        "quantity_is_positive",
        "A use draws on a grant, or it is not listed.",
        pl.col("quantity") > 0,
        shows=("grant_id", "event_id", "quantity"),
    ),
    grains=(
        grain(
            ("grant_id",),
            against_grants,
            holds(
                "grant_is_not_overdrawn",
                "No more is used or lapses of a grant than it is worth.",
                pl.col("gone") <= pl.col("worth"),
                shows=("grant_id", "gone", "worth"),
            ),
        ),
    ),
    reads=(Read(silver.CREDIT_GRANTS, ("object_id", "amount", *ORDER), on=(("grant_id", "object_id"),)),),
)
