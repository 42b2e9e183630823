"""The SQL catalogue and the data dictionary, derived from the declared tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlparse

import duckdb

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.table import Layer, Table
from lakehouse.tables import ALL_TABLES


def existing(lake: Lakehouse, tables: Iterable[Table] = ALL_TABLES) -> list[Table]:
    return [table for table in tables if lake.exists(table)]


def catalogue_sql(lake: Lakehouse, tables: Iterable[Table], moment: datetime | None = None) -> str:
    """DuckDB statements that make every table a view, such as gold.journal, each with its description.

    With a `moment` each table is as it stood then (Delta time travel); what had no version yet has no view.
    """
    statements = [f"CREATE SCHEMA IF NOT EXISTS {layer};" for layer in Layer]
    for table in tables:
        uri = lake.uri(table).replace("'", "''")
        travel = ""
        if moment is not None:
            version = version_at(lake, table, moment)
            if version is None:
                continue
            travel = f", version => {version}"
        statements.append(f"CREATE OR REPLACE VIEW {table.qualified_name} AS SELECT * FROM delta_scan('{uri}'{travel});")
        description = table.description.replace("'", "''")
        statements.append(f"COMMENT ON VIEW {table.qualified_name} IS '{description}';")
    return "\n".join(statements)


def version_at(lake: Lakehouse, table: Table, moment: datetime) -> int | None:
    """The last version that was committed by a moment; None where there was none, or the log no longer reaches so far."""
    reached = [c["version"] for c in lake.open(table).history() if c["timestamp"] <= moment.timestamp() * 1000]
    return max(reached) if reached else None


def connect(lake: Lakehouse, moment: datetime | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that sees every existing table as a view, as it stands or as it stood at a moment.

    Raises RtrError NO_TABLES where the lakehouse has none.
    """
    tables = existing(lake)
    if not tables:
        raise RtrError(
            "NO_TABLES", f"There are no tables below {lake.root}.", "Run `rtr ingest` first, or check --lakehouse."
        )
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    _load(connection, "delta")
    if lake.root.startswith("s3://"):
        _load(connection, "httpfs")
        connection.execute(_s3_secret(lake.storage_options))
    connection.execute(catalogue_sql(lake, tables, moment))
    return connection


def _s3_secret(options: dict[str, str]) -> str:
    """The options of the store as a secret of this one connection; it is not kept."""
    endpoint = urlparse(options.get("AWS_ENDPOINT_URL", ""))
    given = {
        "KEY_ID": options.get("AWS_ACCESS_KEY_ID"),
        "SECRET": options.get("AWS_SECRET_ACCESS_KEY"),
        "SESSION_TOKEN": options.get("AWS_SESSION_TOKEN"),
        "REGION": options.get("AWS_REGION") or options.get("AWS_DEFAULT_REGION"),
        "ENDPOINT": endpoint.netloc,
        "URL_STYLE": "path" if endpoint.netloc else None,
        "USE_SSL": "false" if endpoint.scheme == "http" else None,
    }
    settings = [f"{name} '{value.replace(chr(39), chr(39) * 2)}'" for name, value in given.items() if value]
    return f"CREATE SECRET (TYPE s3, {', '.join(settings)})"


def _load(connection: duckdb.DuckDBPyConnection, extension: str) -> None:
    """Load an extension that is installed as a Python package: nothing is downloaded at run time."""
    from importlib.metadata import PackageNotFoundError, files

    package = f"duckdb-extension-{extension}"
    try:
        found = files(package) or []
    except PackageNotFoundError:
        found = []
    for file in found:
        if file.name.endswith(".duckdb_extension"):
            connection.execute(f"LOAD '{file.locate()}'")
            return
    raise RtrError("NO_EXTENSION", f"The package {package} is not installed.", "Run `make install`.")


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
            required = "yes" if column.required else "of a whole state" if column.of_whole else ""
            lines.append(f"| {column.name} | {column.kind} | {required} | {column.description}{allowed} |")
    return "\n".join(lines) + "\n"
