"""Deals: decided or not, and worth what."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, of_whole_state, warns
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.OPPORTUNITIES,
    warns(
        of_whole_state(
            holds(
                "amount_has_currency",
                "An amount names its currency; where it does not, it is that of the entity.",
                pl.all_horizontal(pl.col(c).is_null() for c in ("amount",)) | pl.col("currency").is_not_null(),
                shows=("amount", "currency"),
            )
        )
    ),
    holds(
        "probability_is_a_share",
        "A probability lies between 0 and 1.",
        pl.col("probability").is_between(0, 1),
        shows=("probability",),
    ),
    of_whole_state(
        holds(
            "decided_deal_has_date",
            "A deal that was won or lost says when.",
            (pl.col("status") == "open") | pl.col("close_date").is_not_null(),
            shows=("status", "close_date"),
        )
    ),
    holds(
        "service_in_order",
        "A service does not end before it begins.",
        pl.col("service_to") >= pl.col("service_from"),
        shows=("service_from", "service_to"),
    ),
)
