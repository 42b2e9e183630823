"""Disaggregated revenue: the parts make the whole that the journal says."""

from __future__ import annotations

import polars as pl

from expectations.chart import CONTRA, REVENUE
from expectations.expectation import zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

MONTH = ["book", "legal_entity_id", "currency", "accounting_period"]


def against_journal(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each period, of either, with net revenue here and in the journal."""
    lines = context[gold.JOURNAL.qualified_name].filter(pl.col("account").is_in([REVENUE, *CONTRA]))
    posted = lines.group_by(MONTH).agg(posted=-pl.col("amount").sum())
    here = rows.group_by(MONTH).agg(pl.col("net_revenue").sum())
    return here.join(posted, on=MONTH, how="full", coalesce=True).with_columns(pl.col("net_revenue", "posted").fill_null(0))


SUITE = gold_suite(
    gold.DISAGGREGATED_REVENUE,
    zero(
        "gross_and_contra_make_net",
        "Gross revenue plus what was taken back is net revenue.",
        pl.col("gross_revenue") + pl.col("contra_revenue") - pl.col("net_revenue"),
        shows=("accounting_period", "gross_revenue", "contra_revenue", "net_revenue"),
    ),
    grains=(
        grain(
            tuple(MONTH),
            against_journal,
            zero(
                "parts_make_the_whole",
                "The parts of a period's revenue sum to what the journal posted.",
                pl.col("net_revenue") - pl.col("posted"),
                shows=("accounting_period", "net_revenue", "posted"),
            ),
        ),
    ),
    reads=(Read(gold.JOURNAL, (*MONTH, "account", "amount")),),
)
