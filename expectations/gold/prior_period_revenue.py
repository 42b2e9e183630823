"""Revenue of earlier performance: gross and what was taken back make net, and it was performed before."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, zero
from expectations.suite import gold_suite
from lakehouse.tables import gold

SUITE = gold_suite(
    gold.PRIOR_PERIOD_REVENUE,
    zero(
        "gross_and_contra_make_net",
        "Gross revenue plus what was taken back is net revenue.",
        pl.col("gross_revenue") + pl.col("contra_revenue") - pl.col("net_revenue"),
        shows=("accounting_period", "service_period", "gross_revenue", "contra_revenue", "net_revenue"),
    ),
    holds(
        "performed_before",
        "It was performed before the period in which it is posted.",
        pl.col("service_period") < pl.col("accounting_period"),
        shows=("accounting_period", "service_period"),
    ),
)
