"""Changes of contracts: each has a treatment and a reason, and shares no more than the contract's price."""

from __future__ import annotations

import polars as pl

from expectations.controls import units, within
from expectations.expectation import holds
from expectations.suite import gold_suite
from lakehouse.tables import gold

SUITE = gold_suite(
    gold.CONTRACT_MODIFICATIONS,
    holds(
        "modification_has_reason",
        "The reason for a treatment is given in words.",
        pl.col("reason").str.strip_chars().str.len_chars() > 0,
        shows=("contract_id", "modified_on"),
    ),
    holds(
        "remaining_within_price",
        "No more is shared over what remains than the price of the contract.",
        within(units(pl.col("remaining_price")), units(pl.col("transaction_price"))),
        shows=("contract_id", "modified_on", "remaining_price", "transaction_price"),
    ),
)
