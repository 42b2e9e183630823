"""In which order rows are written, so that a change of what is recent concerns few files and few row groups.

Facts come mostly for what is recent: what began on one day lies together. Order is for speed only.
"""

from __future__ import annotations

import polars as pl

from lakehouse.table import Table
from lakehouse.tables import gold

_BEGINS: dict[Table, tuple[str, str]] = {
    gold.CONTRACTS: ("contract_id", "start_at"),
    gold.OBLIGATIONS: ("contract_id", "booked_on"),
    gold.PRICE_ALLOCATIONS: ("contract_id", "valid_from"),
    gold.CONTRACT_MODIFICATIONS: ("contract_id", "modified_on"),
    gold.CONTRACT_COSTS: ("contract_id", "month"),
    gold.CREDIT_DRAWDOWN: ("grant_id", "day"),
    gold.OBLIGATION_PROGRESS: ("contract_id", "month"),
    gold.MRR_MOVEMENTS: ("customer_id", "month"),
    gold.JOURNAL: ("contract_id", "posted_on"),
}
"""Whose the rows of a table are, and what tells when it begins; tables that are not named keep the order of the rule."""

BY_OBLIGATIONS: tuple[Table, ...] = (gold.RECOGNITION_SCHEDULE, gold.CONTRACT_BALANCES)
"""Tables of contracts by month: on which day one begins, its obligations tell."""


def in_order(table: Table, rows: pl.DataFrame, obligations: pl.LazyFrame) -> pl.DataFrame:
    """The rows by when that begins whose they are, and together with the others of it.

    `obligations`: those of the contracts of the rows, read where the table is one of `BY_OBLIGATIONS`.
    """
    told, of = (obligations, gold.OBLIGATIONS) if table in BY_OBLIGATIONS else (rows.lazy(), table)
    if of not in _BEGINS:
        return rows
    whose, day = _BEGINS[of]
    begun = told.group_by(whose).agg(pl.col(day).min().alias("__begins"))
    placed = rows.lazy().join(begun, on=whose, how="left", nulls_equal=True)
    return placed.sort("__begins", whose, nulls_last=True, maintain_order=True).drop("__begins").collect()
