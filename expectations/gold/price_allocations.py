"""The transaction price, allocated: to the last minor unit, on every day on which it changed."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

METERED = ("usage",)


def against_obligations(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each obligation with its latest allocation here (`allocated`) and as the obligations have it (`promised`)."""
    latest = (
        rows.sort("valid_from")
        .group_by("obligation_id", maintain_order=True)
        .agg(allocated=pl.col("allocated_amount").last())
    )
    promised = context[gold.OBLIGATIONS.qualified_name].select("obligation_id", promised="allocated_amount")
    return latest.join(promised, on="obligation_id", how="left").with_columns(pl.col("promised").fill_null(0))


SUITE = gold_suite(
    gold.PRICE_ALLOCATIONS,
    zero(
        "recognised_and_open_make_allocated",
        "What was recognised before the last modification and what remained then is what is allocated.",
        pl.col("recognised_before") + pl.col("open_amount") - pl.col("allocated_amount"),
        shows=("obligation_id", "valid_from", "recognised_before", "open_amount", "allocated_amount"),
    ),
    holds(
        "weight_not_negative",
        "An obligation weighs nothing or more when a price is shared.",
        pl.col("weight") >= 0,
        shows=("obligation_id", "valid_from", "weight"),
    ),
    grains=(
        grain(
            ("obligation_id",),
            against_obligations,
            zero(
                "latest_allocation_is_of_the_obligation",
                "The latest allocation of an obligation is what the obligation is worth.",
                pl.col("allocated") - pl.col("promised"),
                shows=("obligation_id", "allocated", "promised"),
            ),
        ),
    ),
    reads=(Read(gold.OBLIGATIONS, ("obligation_id", "allocated_amount")),),
)
