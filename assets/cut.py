"""The cut: which versions of the tables a computation reads, so that all gold tables of a refresh see the same facts."""

from __future__ import annotations

import polars as pl

from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import quarantine, silver

INPUTS: tuple[Table, ...] = (
    *(table for table in silver.TABLES if table is not silver.SOURCE_EVENTS),
    quarantine.REJECTED,
    quarantine.RESOLUTIONS,
)
"""Every table that the rules may read."""


def current_cut(lake: Lakehouse) -> dict[str, int]:
    """Delta version of every input that exists, by qualified name."""
    versions = {table.qualified_name: lake.version(table) for table in INPUTS}
    return {name: version for name, version in versions.items() if version is not None}


def facts_at(lake: Lakehouse, cut: dict[str, int]) -> dict[str, pl.LazyFrame]:
    """The inputs by name without their layer, each at its version; a table that the cut does not name is empty."""
    return {
        table.name: lake.scan(table, cut[table.qualified_name]) if table.qualified_name in cut else table.empty().lazy()
        for table in INPUTS
    }
