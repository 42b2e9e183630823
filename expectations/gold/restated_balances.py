"""Reported and restated: over all periods they are the same, and what is reported is the journal's."""

from __future__ import annotations

import polars as pl

from expectations.expectation import zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

SERIES = ["book", "legal_entity_id", "currency", "account"]


def over_all_periods(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each account, of either, with the sums of what was reported and restated, and of the journal."""
    posted = context[gold.JOURNAL.qualified_name].group_by(SERIES).agg(posted=pl.col("amount").sum())
    sums = rows.group_by(SERIES).agg(pl.col("reported", "restated").sum())
    return sums.join(posted, on=SERIES, how="full", coalesce=True).with_columns(
        pl.col("reported", "restated", "posted").fill_null(0)
    )


SUITE = gold_suite(
    gold.RESTATED_BALANCES,
    grains=(
        grain(
            tuple(SERIES),
            over_all_periods,
            zero(
                "restated_sums_to_reported",
                "What is known now moves amounts between periods; it creates and loses none.",
                pl.col("restated") - pl.col("reported"),
                shows=("account", "reported", "restated"),
            ),
            zero(
                "reported_is_of_the_journal",
                "What was reported is what the journal posted.",
                pl.col("reported") - pl.col("posted"),
                shows=("account", "reported", "posted"),
            ),
        ),
    ),
    reads=(Read(gold.JOURNAL, (*SERIES, "amount")),),
)
