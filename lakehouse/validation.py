"""Checks that delta-rs does not make in an external commit: whatever is named in the log must be right."""

from __future__ import annotations

import re

import polars as pl
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from lakehouse.errors import CommitError
from lakehouse.staging import StagedFile
from lakehouse.store import HIVE_NULL, Lakehouse
from lakehouse.table import Table

PATH = re.compile(r"^(?:[a-z_]+=[^/]+/)*part-[0-9a-f]{32}\.parquet$")


def check_frame(table: Table, frame: pl.DataFrame) -> None:
    """Every row has what the table requires and draws from its closed sets; CommitError names the first breach.

    Bad input never gets here: it is quarantined where it is read. A breach at commit is a bug in a rule.
    """
    if frame.schema != table.polars_schema():
        raise CommitError(
            "SCHEMA_MISMATCH",
            f"{table.qualified_name} is declared as {table.polars_schema()}, the rows are {frame.schema}.",
            "Let the rule that makes the rows use Table.conform.",
        )
    if frame.is_empty():
        return
    closed = [column for column in table.columns if column.allowed]
    # One pass over all columns: an operation on each costs more than the rows of a small batch.
    found = frame.select(
        *(pl.col(name).null_count().alias(f"empty {name}") for name in table.required_columns),
        *((~pl.col(c.name).is_in(list(c.allowed))).any().alias(f"strange {c.name}") for c in closed),
    ).row(0, named=True)
    for name in table.required_columns:
        if count := found[f"empty {name}"]:
            raise CommitError(
                "REQUIRED_EMPTY",
                f"{table.qualified_name}.{name} is required and empty in {count} of {frame.height} rows.",
                "Reject such rows where they are read.",
            )
    for column in closed:
        if found[f"strange {column.name}"]:
            strange = frame.filter(~pl.col(column.name).is_in(list(column.allowed))).get_column(column.name)
            raise CommitError(
                "NOT_ALLOWED",
                f"{table.qualified_name}.{column.name} is {strange[0]!r}; allowed: {', '.join(column.allowed)}.",
                "Reject such rows where they are read.",
            )


def check_staged(lake: Lakehouse, table: Table, staged: list[StagedFile]) -> None:
    """Every file is where it says, as large as it says, in the partition that it says; CommitError otherwise."""
    files = lake.filesystem(table)
    infos = files.get_file_info([file.path for file in staged])
    for file, info in zip(staged, infos, strict=True):
        if not info.is_file or info.size != file.size:
            raise CommitError(
                "STAGED_FILE_LOST",
                f"{table.qualified_name}: {file.path} is {info.size} bytes instead of {file.size}.",
                "Run the same command again; vacuum with at least 24 hours of retention.",
            )
        folder = "".join(
            f"{name}={HIVE_NULL if file.partition_values.get(name) is None else file.partition_values[name]}/"
            for name in table.partition_by
        )
        if (
            not PATH.match(file.path)
            or not file.path.startswith(folder)
            or len(file.partition_values) != len(table.partition_by)
        ):
            raise CommitError(
                "WRONG_PARTITION",
                f"{table.qualified_name}: {file.path} does not lie in its partition {file.partition_values}.",
                "Stage files with lakehouse.staging.stage.",
            )
        _check_footer(files, table, file)


def _check_footer(files: pafs.FileSystem, table: Table, file: StagedFile) -> None:
    """The file itself says how many rows it has, and that it holds the declared columns but no partition column."""
    with files.open_input_file(file.path) as stream:
        footer = pq.read_metadata(stream)
    if not file.rows == len(file.keys) == footer.num_rows:
        raise CommitError(
            "WRONG_ROW_COUNT",
            f"{table.qualified_name}: {file.path} has {footer.num_rows} rows and {len(file.keys)} keys, not {file.rows}.",
            "Stage files with lakehouse.staging.stage.",
        )
    stored = [name for name in table.column_names if name not in table.partition_by]
    if footer.schema.names != stored:
        raise CommitError(
            "SCHEMA_MISMATCH",
            f"{table.qualified_name}: {file.path} holds the columns {footer.schema.names}, not {stored}.",
            "Stage files with lakehouse.staging.stage.",
        )
