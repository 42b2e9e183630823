"""Where systems disagree: both sides are named, they differ, and a difference of money is in one currency."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import gold_suite
from lakehouse.tables import gold

OF_TWO = ~pl.col("kind").is_in(["ambiguous", "missing_counterpart"])

SUITE = gold_suite(
    gold.RECONCILIATION_EXCEPTIONS,
    holds(
        "both_sides_are_named",
        "A disagreement names both sides and what each says.",
        ~OF_TWO | pl.all_horizontal(pl.col("other_object_id", "other_row_key", "value").is_not_null()),
        shows=("exception_id", "object_id", "other_object_id"),
    ),
    holds(
        "sides_differ",
        "Two sides that disagree say different things, in different systems.",
        ~OF_TWO | ((pl.col("value") != pl.col("other_value")) & (pl.col("system") != pl.col("other_system"))),
        shows=("exception_id", "value", "other_value"),
    ),
    holds(
        "difference_of_amounts",
        "Amounts that disagree have a difference, in a currency; nothing else has one.",
        pl.when(pl.col("kind") == "amount")
        .then((pl.col("difference") != 0).fill_null(False) & pl.col("currency").is_not_null())
        .otherwise(pl.col("difference").is_null()),
        shows=("exception_id", "kind", "difference"),
    ),
)
