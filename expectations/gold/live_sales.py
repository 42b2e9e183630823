"""Live figures: whole minutes that add up. They are of facts before any gate, so what a gate would say is a warning."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from expectations.expectation import Expectation, holds, warns
from expectations.suite import Suite, gold_suite
from lakehouse.tables import gold

OF_THE_FACTS = {"currency_is_iso_4217", "amounts_in_whole_minor_units"}


def _live(expectation: Expectation) -> Expectation:
    return warns(expectation) if expectation.name in OF_THE_FACTS else expectation


def _suite() -> Suite:
    suite = gold_suite(
        gold.LIVE_SALES,
        holds(
            "minute_is_whole",
            "A row is of a whole minute, on the day that it names.",
            (pl.col("minute").dt.truncate("1m") == pl.col("minute")) & (pl.col("minute").dt.date() == pl.col("day")),
            shows=("minute", "day"),
        ),
        holds(
            "counts_not_negative",
            "A minute has no line and no refund or more.",
            (pl.col("sale_lines") >= 0) & (pl.col("refund_count") >= 0),
            shows=("minute", "sale_lines", "refund_count"),
        ),
        holds(
            "amounts_have_a_count",
            "Where no line was sold and nothing given back, there is no amount.",
            ((pl.col("sale_lines") > 0) | (pl.col("sales") == 0))
            & ((pl.col("refund_count") > 0) | (pl.col("refunds") == 0)),
            shows=("minute", "sales", "refunds"),
        ),
        holds(
            "usage_apart_from_sales",
            "A row counts sales and refunds, or one meter.",
            (pl.col("meter") == "-") | ((pl.col("sale_lines") == 0) & (pl.col("refund_count") == 0)),
            shows=("minute", "meter"),
        ),
    )
    return replace(suite, views=tuple(replace(v, expectations=tuple(map(_live, v.expectations))) for v in suite.views))


SUITE = _suite()
