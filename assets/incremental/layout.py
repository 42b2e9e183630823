"""In which order rows are written, so that a change of what is recent concerns few files and few row groups.

Facts come mostly for what is recent: what began at one time lies together. Order is for speed only.
"""

from __future__ import annotations

import polars as pl

from lakehouse.table import Table
from lakehouse.tables import gold

_BEGINS: dict[Table, tuple[str, str]] = {
    gold.CONTRACTS: ("contract_id", "start_at"),
    gold.OBLIGATIONS: ("contract_id", "booked_on"),
    gold.RECOGNITION_SCHEDULE: ("contract_id", "service_period"),
    gold.PRICE_ALLOCATIONS: ("contract_id", "valid_from"),
    gold.CONTRACT_MODIFICATIONS: ("contract_id", "modified_on"),
    gold.CONTRACT_COSTS: ("contract_id", "month"),
    gold.CREDIT_DRAWDOWN: ("grant_id", "day"),
    gold.OBLIGATION_PROGRESS: ("contract_id", "month"),
    gold.CONTRACT_BALANCES: ("contract_id", "accounting_period"),
    gold.MRR_MOVEMENTS: ("customer_id", "month"),
    gold.JOURNAL: ("contract_id", "posted_on"),
}
"""Whose the rows of a table are, and what tells when it begins; tables that are not named keep the order of the rule."""


def in_order(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows by when that begins whose they are, and together with the others of it."""
    if table not in _BEGINS or rows.is_empty():
        return rows
    whose, day = _BEGINS[table]
    begun = rows.lazy().group_by(whose).agg(pl.col(day).min().alias("__begins"))
    placed = rows.lazy().join(begun, on=whose, how="left", nulls_equal=True)
    return placed.sort("__begins", whose, nulls_last=True, maintain_order=True).drop("__begins").collect()
