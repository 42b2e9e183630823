"""The SQL catalogue and the data dictionary, derived from the declared tables."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.table import Layer, Table
from lakehouse.tables import ALL_TABLES


def existing(lake: Lakehouse, tables: Iterable[Table] = ALL_TABLES) -> list[Table]:
    return [table for table in tables if lake.exists(table)]


def catalogue_sql(lake: Lakehouse, tables: Iterable[Table]) -> str:
    """DuckDB statements that make every table a view, such as gold.journal, each with its description."""
    statements = [f"CREATE SCHEMA IF NOT EXISTS {layer};" for layer in Layer]
    for table in tables:
        uri = lake.uri(table).replace("'", "''")
        statements.append(f"CREATE OR REPLACE VIEW {table.qualified_name} AS SELECT * FROM delta_scan('{uri}');")
        description = table.description.replace("'", "''")
        statements.append(f"COMMENT ON VIEW {table.qualified_name} IS '{description}';")
    return "\n".join(statements)


def connect(lake: Lakehouse) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that sees every existing table as a view.

    Raises RtrError NO_TABLES where the lakehouse has none.
    """
    tables = existing(lake)
    if not tables:
        raise RtrError(
            "NO_TABLES", f"There are no tables below {lake.root}.", "Run `rtr ingest` first, or check --lakehouse."
        )
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    _load_delta(connection)
    connection.execute(catalogue_sql(lake, tables))
    return connection


def _load_delta(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the delta extension that is installed as a Python package: nothing is downloaded at run time."""
    from importlib.metadata import files

    for file in files("duckdb-extension-delta") or []:
        if file.name.endswith(".duckdb_extension"):
            connection.execute(f"LOAD '{file.locate()}'")
            return
    raise RtrError("NO_DELTA_EXTENSION", "The package duckdb-extension-delta is not installed.", "Run `make install`.")


def dictionary_markdown(tables: Iterable[Table] = ALL_TABLES) -> str:
    """The data dictionary: every table and column with its sentence."""
    lines = ["# Data dictionary", "", "Derived from `lakehouse/tables`; `make docs` writes it anew."]
    for table in tables:
        lines += ["", f"## {table.qualified_name}", "", table.description, ""]
        lines.append(
            f"Key: {', '.join(table.key)}. Partitioned by: {', '.join(table.partition_by) or 'nothing'}. "
            f"Owner: {table.owner}."
        )
        lines += ["", "| column | type | required | says |", "|---|---|---|---|"]
        for column in table.columns:
            allowed = f" One of: {', '.join(column.allowed)}." if column.allowed else ""
            lines.append(
                f"| {column.name} | {column.kind} | {'yes' if column.required else ''} | {column.description}{allowed} |"
            )
    return "\n".join(lines) + "\n"
