"""Contracts as they stand: the transaction price is the sum of the obligations."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, warns, zero
from expectations.suite import Context, Read, gold_suite
from lakehouse.tables import gold


def with_obligations(contracts: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each contract with `obligations_price`: what its obligations are worth, less what was taken back."""
    obligations = (
        context[gold.OBLIGATIONS.qualified_name]
        .group_by("contract_id")
        .agg(obligations_price=(pl.col("allocated_amount") - pl.col("returned_amount")).sum())
    )
    return contracts.join(obligations, on="contract_id", how="left", maintain_order="left").with_columns(
        pl.col("obligations_price").fill_null(0)
    )


SUITE = gold_suite(
    gold.CONTRACTS,
    zero(
        "transaction_price_is_sum_of_obligations",
        "The transaction price of a contract is the sum of its obligations, less what was taken back.",
        pl.col("transaction_price") - pl.col("obligations_price"),
        shows=("contract_id", "transaction_price", "obligations_price"),
    ),
    holds(
        "price_has_currency",
        "A contract with a price says in which currency it is.",
        (pl.col("transaction_price") == 0) | pl.col("currency").is_not_null(),
        shows=("contract_id", "transaction_price"),
    ),
    warns(
        holds(
            "end_not_before_start",
            "A contract ends no earlier than it starts.",
            pl.col("end_at") >= pl.col("start_at"),
            shows=("contract_id", "start_at", "end_at"),
        )
    ),
    prepare=with_obligations,
    reads=(Read(gold.OBLIGATIONS, ("contract_id", "allocated_amount", "returned_amount")),),
)
