"""Tables that are large already, made without the engine: the rows are valid, only dull."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from rich.progress import track

from lakehouse.commit import commit_staged
from lakehouse.staging import stage
from lakehouse.store import Lakehouse
from lakehouse.table import Column, Table
from lakehouse.types import POLARS_TYPES, Kind

MOMENT = datetime(2026, 1, 15, tzinfo=UTC)
FILES_A_COMMIT = 1000


def prefill(lake: Lakehouse, table: Table, files: int, rows: int) -> None:
    """Append so many files of so many rows each, with keys of their own, all of one month."""
    lake.ensure(table)
    pending = []
    for n in track(range(files), description=f"prefilling {table.qualified_name}"):
        pending += stage(lake, table, dull_rows(table, n * rows, rows))
        if len(pending) >= FILES_A_COMMIT or n == files - 1:
            commit_staged(lake, table, pending)
            pending = []


def dull_rows(table: Table, first: int, count: int) -> pl.DataFrame:
    """Valid rows of a silver table, numbered from `first`."""
    number = pl.int_range(first, first + count)
    identity = pl.concat_str(pl.lit("old-"), number)
    own = {
        "row_key": pl.concat_str(pl.lit("prefill|"), identity, pl.lit("|-")),
        "source_event_id": identity,
        "object_id": pl.concat_str(pl.lit("prefill:"), identity),
        # Sixteen hexadecimal digits are enough for the index; they need not be the hash of anything.
        "content_hash": pl.concat_str(pl.lit("0" * 22), pl.lit(10**9) + number),
    }
    return pl.select(
        own.get(column.name, _constant(column)).cast(POLARS_TYPES[column.kind]).alias(column.name)
        for column in table.columns
    )


def _constant(column: Column) -> pl.Expr:
    if not column.required:
        return pl.lit(None)
    if column.allowed:
        return pl.lit(column.allowed[0])
    match column.kind:
        case Kind.TIMESTAMP:
            return pl.lit(MOMENT)
        case Kind.DATE:
            return pl.lit(date(2026, 1, 1))
        case Kind.STRING:
            return pl.lit("USD" if "currency" in column.name else "prefill")
    return pl.lit(1)
