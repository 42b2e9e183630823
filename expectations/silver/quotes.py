"""Offers: what they say adds up."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, of_whole_state, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.QUOTES,
    warns(
        of_whole_state(
            holds(
                "amount_has_currency",
                "An amount names its currency; where it does not, it is that of the entity.",
                pl.all_horizontal(pl.col(c).is_null() for c in ("subtotal", "discount", "tax", "total"))
                | pl.col("currency").is_not_null(),
                shows=("subtotal", "discount", "tax", "total", "currency"),
            )
        )
    ),
    holds("discount_not_negative", "A discount takes something off.", pl.col("discount") >= 0, shows=("discount",)),
    of_whole_state(
        holds(
            "total_is_sum_of_parts",
            "An offer's total is its subtotal less discount plus tax.",
            pl.any_horizontal(pl.col("total", "subtotal").is_null())
            | (pl.col("subtotal") - pl.col("discount").fill_null(0) + pl.col("tax").fill_null(0) == pl.col("total")),
            shows=("subtotal", "discount", "tax", "total"),
        )
    ),
)
