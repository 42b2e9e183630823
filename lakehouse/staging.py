"""Data files that are written before they are committed: staged in parallel, seen by nobody until then."""

from __future__ import annotations

import io
import time
import uuid
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lakehouse.hashing import KeyRecords, key_records
from lakehouse.store import HIVE_NULL, Lakehouse
from lakehouse.table import Table

_ROW = "__row"
FAMILY = 16
# Some rows of a file are read by whole row groups (`lakehouse.row_index`).
GROUP_ROWS = 1 << 15


@dataclass(frozen=True)
class StagedFile:
    """One data file that no commit names yet: rows of one partition, and their keys in the order of the rows."""

    path: str
    size: int
    rows: int
    partition_values: dict[str, str | None]
    staged_at: float
    keys: KeyRecords


def stage(lake: Lakehouse, table: Table, frame: pl.DataFrame, keys: KeyRecords | None = None) -> list[StagedFile]:
    """Write a frame as data files of a table, one for each partition it touches.

    `keys` are the key records of the rows, where the caller has them already.
    """
    if frame.is_empty():
        return []
    if keys is None:
        keys = key_records(frame, table.key, table.content_hash)
    if not table.partition_by:
        return [_write(lake, table, frame, keys, {})]
    staged = []
    for values, part in frame.with_row_index(_ROW).partition_by(table.partition_by, as_dict=True).items():
        named = dict(zip(table.partition_by, (None if v is None else str(v) for v in values), strict=True))
        staged.append(_write(lake, table, part, keys[part.get_column(_ROW).to_numpy()], named))
    return staged


def read_staged(lake: Lakehouse, table: Table, file: StagedFile) -> pl.DataFrame:
    """The rows of a staged file, in their order, with the table's whole schema."""
    return lake.scan_files(table, [file.path]).collect()


def restage(lake: Lakehouse, table: Table, file: StagedFile, keep: npt.NDArray[np.bool_]) -> StagedFile:
    """A new file of the same family with some rows of a staged one; the old one is left for vacuum or `discard`."""
    rows = read_staged(lake, table, file).filter(pl.Series(keep))
    return _write(lake, table, rows, file.keys[keep], file.partition_values, family(file.path))


def discard(lake: Lakehouse, table: Table, paths: list[str]) -> None:
    """Delete staged files that no commit will name. One that cannot be deleted is an orphan for vacuum."""
    files = lake.filesystem(table)
    for path in paths:
        try:
            files.delete_file(path)
        except OSError:
            continue


def family(path: str) -> str:
    """What the names of a staged file and of those rewritten from it have in common: 16 hexadecimal digits."""
    return path.rpartition("part-")[2][:FAMILY]


def _write(
    lake: Lakehouse,
    table: Table,
    frame: pl.DataFrame,
    keys: KeyRecords,
    partition_values: dict[str, str | None],
    of_family: str | None = None,
) -> StagedFile:
    folder = "".join(f"{name}={HIVE_NULL if value is None else value}/" for name, value in partition_values.items())
    name = uuid.uuid4().hex
    path = f"{folder}part-{of_family or name[:FAMILY]}{name[FAMILY:]}.parquet"
    buffer = io.BytesIO()
    frame.select(c for c in table.column_names if c not in table.partition_by).write_parquet(
        buffer, compression="zstd", compression_level=1, statistics=True, row_group_size=GROUP_ROWS
    )
    payload = buffer.getvalue()
    lake.put(table, path, payload)
    return StagedFile(
        path=path,
        size=len(payload),
        rows=frame.height,
        partition_values=partition_values,
        staged_at=time.time(),
        keys=keys,
    )
