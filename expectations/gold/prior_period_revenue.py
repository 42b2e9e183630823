"""Revenue of earlier performance: why it is late adds up, and it is late."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, zero
from expectations.suite import gold_suite
from lakehouse.tables import gold

SUITE = gold_suite(
    gold.PRIOR_PERIOD_REVENUE,
    zero(
        "reasons_make_the_whole",
        "Corrections and what was caught up make the revenue of earlier performance.",
        pl.col("corrections") + pl.col("caught_up") - pl.col("net_revenue"),
        shows=("accounting_period", "service_period", "corrections", "caught_up", "net_revenue"),
    ),
    holds(
        "performed_before",
        "It was performed before the period in which it is posted.",
        pl.col("service_period") < pl.col("accounting_period"),
        shows=("accounting_period", "service_period"),
    ),
)
