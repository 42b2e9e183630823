"""Bills that we owe."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

SUITE = silver_suite(
    silver.PAYABLES,
    holds(
        "paid_and_remaining_sum_to_total",
        "What is paid and what remains of a bill is its total.",
        pl.any_horizontal(pl.col("amount_paid", "amount_remaining").is_null())
        | (pl.col("status") == "void")
        | (pl.col("amount_paid") + pl.col("amount_remaining") == pl.col("total")),
        shows=("total", "amount_paid", "amount_remaining"),
    ),
    holds(
        "paid_bill_has_nothing_open",
        "A bill that is paid has nothing left to pay.",
        (pl.col("status") != "paid") | (pl.col("amount_remaining") == 0),
        shows=("status", "amount_remaining"),
    ),
)
