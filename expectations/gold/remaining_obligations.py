"""Remaining performance obligations: ahead of the day they are stated for, each of some obligation."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import gold_suite
from lakehouse.tables import gold

SUITE = gold_suite(
    gold.REMAINING_OBLIGATIONS,
    holds(
        "year_is_not_past",
        "What remains will be performed in the year of the report or later.",
        pl.col("year") >= pl.col("as_of").dt.year(),
        shows=("as_of", "year"),
    ),
    holds(
        "band_agrees_with_year",
        "What is further ahead than a year does not lie in the year of the report.",
        (pl.col("band") == "1-12") | (pl.col("year") > pl.col("as_of").dt.year()),
        shows=("as_of", "year", "band"),
    ),
    holds(
        "of_some_obligation", "What remains belongs to an obligation.", pl.col("obligations") >= 1, shows=("year", "band")
    ),
)
