"""Every suite by the qualified name of its table: the one list that the gate, the checks and the tests go by."""

from __future__ import annotations

from importlib import import_module

from expectations.suite import Suite
from lakehouse.errors import RtrError
from lakehouse.table import Table
from lakehouse.tables import gold, silver

JUDGED_TABLES: tuple[Table, ...] = silver.TABLES + gold.TABLES


def _load(table: Table) -> Suite:
    suite = import_module(f"expectations.{table.layer}.{table.name}").SUITE
    assert isinstance(suite, Suite)
    return suite


SUITES: dict[str, Suite] = {table.qualified_name: _load(table) for table in JUDGED_TABLES}


def suite_of(table: Table) -> Suite:
    """The suite of a table; RtrError NO_SUITE where a table was declared without one."""
    try:
        return SUITES[table.qualified_name]
    except KeyError:
        raise RtrError(
            "NO_SUITE",
            f"Nothing is expected of {table.qualified_name}.",
            f"Write expectations/{table.layer}/{table.name}.py.",
        ) from None
