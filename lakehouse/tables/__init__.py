"""Every declared table of the lakehouse, one file a layer."""

from __future__ import annotations

from lakehouse.table import Table
from lakehouse.tables import bronze, gold, ops, quarantine, silver

ALL_TABLES: tuple[Table, ...] = bronze.TABLES + silver.TABLES + quarantine.TABLES + gold.TABLES + ops.TABLES

BY_NAME: dict[str, Table] = {table.qualified_name: table for table in ALL_TABLES}

__all__ = ["ALL_TABLES", "BY_NAME", "bronze", "gold", "ops", "quarantine", "silver"]
