"""`rtr sql`: DuckDB over every table."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out
from lakehouse.errors import RtrError

TERMINAL_ROWS = 200


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def sql(
    query: Annotated[
        str | None, typer.Argument(help="A statement; tables are named as gold.journal, silver.documents.")
    ] = None,
    root: Root = DEFAULT_ROOT,
    format: Annotated[Format, typer.Option("--format", help="How to print the answer.")] = Format.TABLE,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"], help="The tables as they stood then, UTC."
        ),
    ] = None,
    catalog: Annotated[
        bool, typer.Option("--catalog", help="Print the views, for a BI tool, instead of running a query.")
    ] = False,
) -> None:
    """Ask the tables in SQL (DuckDB). `rtr sql "from gold.revenue_by_month"`; --as-of asks as they stood at a moment."""
    import duckdb

    from lakehouse.catalogue import catalogue_sql, connect, existing

    lake = lakehouse(root)
    moment = as_of.replace(tzinfo=UTC) if as_of else None
    if catalog:
        sys.stdout.write("INSTALL delta;\nLOAD delta;\n" + catalogue_sql(lake, existing(lake), moment) + "\n")
        return
    if not query:
        raise typer.BadParameter("Give a query, or --catalog.")
    connection = connect(lake, moment)
    try:
        relation = connection.sql(query)
    except duckdb.Error as error:
        raise RtrError("SQL_ERROR", str(error).strip(), "`rtr sql --catalog` lists the tables.") from error
    if relation is None:
        return
    if format is Format.TABLE:
        relation.show(max_rows=TERMINAL_ROWS, max_width=out.width)
        return
    frame = relation.pl()
    if format is Format.CSV:
        sys.stdout.write(frame.write_csv())
    else:
        sys.stdout.write(frame.write_json() + "\n")
