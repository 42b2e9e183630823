"""Facts that wait: their counterpart has not arrived, or they are in conflict. They are not lost and not counted.

An invoice of an unknown contract is listed too, without an amount: on the invoice basis its revenue counts; what waits is
what only the contract can say (its state, its MRR).
"""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_major
from lakehouse.tables import gold

_COLUMNS = ("table_name", "row_key", "object_id", "reason", "waits_for", "amount", "currency")


def waiting(
    rows: pl.DataFrame, table: str, reason: str, *, object_id: str, waits_for: str, amount: str | None = None
) -> pl.DataFrame:
    """Rows in the shape of pending facts, amounts in minor units."""
    money = pl.lit(None, pl.Int64) if amount is None else pl.col(amount)
    currency = pl.lit(None, pl.String) if amount is None else pl.col("currency")
    return rows.select(
        pl.lit(table).alias("table_name"),
        "row_key",
        pl.col(object_id).alias("object_id"),
        pl.lit(reason).alias("reason"),
        pl.col(waits_for).alias("waits_for"),
        money.alias("amount"),
        currency.alias("currency"),
    )


def pending_facts(found: list[pl.DataFrame]) -> pl.DataFrame:
    """gold.pending_facts: one row a fact; where it waits for two reasons, the first of `found` is given."""
    rows = pl.concat([frame.select(_COLUMNS) for frame in found])
    once = rows.unique(subset=["table_name", "row_key"], keep="first", maintain_order=True)
    return gold.PENDING_FACTS.conform(to_major(once, "amount").sort("table_name", "row_key"))
