"""Rows of a table change at the cost of the files that hold them: those are written anew, all others stay.

A commit removes the files and adds what takes their place; Delta's reader version stays 1. Files are small, so that a row
costs little to change, and full, so that they do not become many: rows of a new key go where there is room. The tables have
no partitions: by month, the rows of one contract would lie in as many files as it has months.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
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
_FILE, _ROW = "__file", "__row"


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
        files = index.data_files
        there = _standing(index, keys)
        placed = fresh.join(there.drop(_ROW), on=table.key, how="left", nulls_equal=True, maintain_order="left")
        room = _room(files, placed.get_column(_FILE).null_count())
        into = _by_file(placed.with_columns(pl.col(_FILE).fill_null(pl.lit(room))))
        out_of = _by_file(there.select(_FILE, _ROW))
        touched = list(out_of | into)

        def rows_after(path: str | None) -> pl.DataFrame:
            rows = table.empty() if path is None else lake.scan_files(table, [path]).collect()
            if path in out_of:
                rows = rows[np.delete(np.arange(rows.height), out_of[path].get_column(_ROW))]
            return pl.concat([rows, into[path]]) if path in into else rows

        with ThreadPoolExecutor(WRITERS) as pool:
            written = pool.map(lambda path: _written(lake, table, index, rows_after(path)), touched)
            staged = list(chain.from_iterable(written))
        removed = files.filter(pl.col("path").is_in([path for path in touched if path is not None]))
        return _commit(lake, table, end, staged, removed, metadata)

    return until_committed(table.qualified_name, attempt)


def replace_rows(lake: Lakehouse, table: Table, rows: pl.DataFrame, metadata: Mapping[str, str] | None = None) -> int:
    """Replace a whole table, in files of a size that `change_rows` can work on; rows keep their order."""
    fresh = table.conform(rows)
    check_frame(table, fresh)
    lake.ensure(table)

    def attempt() -> int:
        end = take(lake, table)
        index = rows_by_key(lake, table)
        with ThreadPoolExecutor(WRITERS) as pool:
            written = pool.map(lambda piece: _written(lake, table, index, piece), fresh.iter_slices(FILE_ROWS))
            staged = list(chain.from_iterable(written))
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


def _standing(index: RowIndex, keys: pl.DataFrame) -> pl.DataFrame:
    """Where the rows of these keys stand: the key, the file and the place in it of each that is there."""
    places = index.find(keys.select(_key_mark(index.table)).to_series())
    bearing = index.read(places, keys.columns).with_columns(
        pl.Series(_FILE, [path for path, rows in places.items() for _ in range(rows.size)], pl.String),
        pl.Series(_ROW, [row for rows in places.values() for row in rows], pl.Int64),
    )
    return bearing.join(keys, on=keys.columns, how="semi", nulls_equal=True)


def _by_file(rows: pl.DataFrame) -> dict[str | None, pl.DataFrame]:
    """Rows by the file that is named beside each."""
    parts = rows.partition_by(_FILE, maintain_order=True, include_key=False, as_dict=True)
    return {path: part for (path,), part in parts.items()}


def _written(lake: Lakehouse, table: Table, index: RowIndex, rows: pl.DataFrame) -> list[StagedFile]:
    """Rows as files, as many as they need; and the index of each, while the rows are at hand."""
    staged = []
    for piece in rows.iter_slices(FILE_ROWS):
        # The table is not fenced by key: no records of the keys are needed.
        [file] = stage(lake, table, piece, np.zeros(piece.height, KEY_RECORD))
        index.learn(file.path, piece.lazy())
        staged.append(file)
    return staged


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
