"""Rows of a table change at the cost of the files that hold them: those are written anew, all others stay.

A commit removes the files and adds what takes their place; Delta's reader version stays 1. Files are small, so that a row
costs little to change, and full, so that they do not become many: rows of a new key go where there is room. The tables have
no partitions: by month, the rows of one contract would lie in as many files as it has months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import numpy as np
import polars as pl

from lakehouse.errors import RtrError
from lakehouse.hashing import KEY_RECORD, SEPARATOR
from lakehouse.log_end import LogEnd, append, give_back, take
from lakehouse.retry import until_committed
from lakehouse.row_index import RowIndex, mark
from lakehouse.staging import StagedFile, stage
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.types import Kind
from lakehouse.validation import check_frame, check_staged

FILE_ROWS = 1 << 15
WRITERS = 4
_FILE = "__file"


def rows_by_key(lake: Lakehouse, table: Table, version: int | None = None) -> RowIndex:
    """The rows of a table by the texts of their keys."""
    return RowIndex(lake, table, [_key_mark(table)], version)


def change_rows(
    lake: Lakehouse, table: Table, gone: pl.DataFrame, come: pl.DataFrame, metadata: Mapping[str, str] | None = None
) -> int | None:
    """Take away the rows whose keys are `gone` and put in those that `come`; the version, None where that is nothing.

    A row that comes takes the place of one of its key. Tried again where another commit was quicker, a compaction or the
    own one whose reply was lost: doing it twice is doing it once.
    """
    fresh = table.conform(come)
    check_frame(table, fresh)
    keys = pl.concat([gone.select(table.key), fresh.select(table.key)]).unique()
    if keys.is_empty():
        return None
    lake.ensure(table)

    def attempt() -> int:
        end = take(lake, table)
        index = rows_by_key(lake, table, end.version)
        files = lake.data_files(table, end.version)
        hit = list(index.find(keys.select(_key_mark(table)).to_series()))
        held = _read(lake, table, hit)
        there = held.join(keys, on=table.key, how="semi", nulls_equal=True).select(*table.key, _FILE)
        placed = fresh.join(there, on=table.key, how="left", nulls_equal=True, maintain_order="left")
        room = _room(files, placed.get_column(_FILE).null_count())
        settled = placed.with_columns(pl.col(_FILE).fill_null(pl.lit(room)))
        more = [room] if room is not None and room not in hit else []
        stay = held.join(keys, on=table.key, how="anti", nulls_equal=True)
        staged = _written(lake, table, pl.concat([stay, _read(lake, table, more), settled]), index)
        removed = files.filter(pl.col("path").is_in([*hit, *more]))
        return _commit(lake, table, end, staged, removed, metadata)

    return until_committed(table.qualified_name, attempt)


def replace_rows(lake: Lakehouse, table: Table, rows: pl.DataFrame, metadata: Mapping[str, str] | None = None) -> int:
    """Replace a whole table, in files of a size that `change_rows` can work on; rows keep their order."""
    fresh = table.conform(rows)
    check_frame(table, fresh)
    lake.ensure(table)

    def attempt() -> int:
        end = take(lake, table)
        placed = fresh.with_columns(pl.lit(None, pl.String).alias(_FILE))
        staged = _written(lake, table, placed, rows_by_key(lake, table))
        return _commit(lake, table, end, staged, lake.data_files(table, end.version), metadata)

    return until_committed(table.qualified_name, attempt)


def _key_mark(table: Table) -> pl.Expr:
    texts = [name for name in table.key if table.column(name).kind is Kind.STRING]
    return mark(pl.concat_str([pl.col(name).fill_null("") for name in texts], separator=SEPARATOR))


def _room(files: pl.DataFrame, new: int) -> str | None:
    """The fullest file that has room for so many new rows."""
    fits = files.filter(pl.col("num_records") + new <= FILE_ROWS) if new else files.clear()
    ordered = fits.sort("num_records", "path", descending=True, nulls_last=True)
    return None if ordered.is_empty() else str(ordered.item(0, "path"))


def _read(lake: Lakehouse, table: Table, paths: Sequence[str]) -> pl.DataFrame:
    """All rows of some files, with the file of each."""
    scans = [lake.scan_files(table, [path]).with_columns(pl.lit(path).alias(_FILE)) for path in paths]
    empty = table.empty().with_columns(pl.lit(None, pl.String).alias(_FILE))
    return pl.concat([empty, *pl.collect_all(scans)])


def _written(lake: Lakehouse, table: Table, rows: pl.DataFrame, index: RowIndex) -> list[StagedFile]:
    """Rows as files, what lay in one file in one again; and the index of each, while the rows are at hand."""
    groups = rows.partition_by(_FILE, maintain_order=True)
    pieces = [piece for group in groups for piece in group.drop(_FILE).iter_slices(FILE_ROWS)]

    def write(piece: pl.DataFrame) -> StagedFile:
        # The table is not fenced by key: no records of the keys are needed.
        [file] = stage(lake, table, piece, np.zeros(piece.height, KEY_RECORD))
        index.learn(file.path, piece.lazy())
        return file

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(write, pieces))


def _commit(
    lake: Lakehouse,
    table: Table,
    end: LogEnd,
    staged: list[StagedFile],
    removed: pl.DataFrame,
    metadata: Mapping[str, str] | None,
) -> int:
    if table.append_only:
        raise RtrError("APPEND_ONLY", f"{table.qualified_name} may only grow.", "Append a correcting row instead.")
    check_staged(lake, table, staged)
    version = append(lake, table, end, staged, {}, metadata, [_removal(row) for row in removed.iter_rows(named=True)])
    give_back(lake, table, end)
    rows_by_key(lake, table).forget(removed.get_column("path").to_list())
    return version


def _removal(file: Mapping[str, Any]) -> dict[str, Any]:
    """The remove action of a data file (Delta protocol, "Add File and Remove File")."""
    return {
        "path": quote(file["path"], safe="/="),
        "extendedFileMetadata": True,
        "partitionValues": {},
        "size": file["size_bytes"],
    }
