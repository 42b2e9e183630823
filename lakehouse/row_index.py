"""Where the rows of a table stand that bear a mark: one small index for each data file, beside a local table or in a cache.

A mark is the hash of what rows are looked for by: an id, a key. A data file is never changed, so its index is never wrong:
what is appended, compacted or rewritten is in new files, which are indexed when they are first looked into. An index is a
cache: one that is missing, damaged, of other marks or of another hash is made again from its file.

An index is memory-mapped words of 64 bits: a head, the marks in order, where the rows of each begin and how many follow one
another, and, where asked for, all marks of each row. Two marks may share one hash: whoever looks up sees a row too many.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from lakehouse.files_by_mark import FilesByMark
from lakehouse.key_index import index_folder
from lakehouse.sorted_runs import Words, distinct, stretches
from lakehouse.store import DATA_FILE, Lakehouse
from lakehouse.table import Table

FORMAT = 1
NO_MARK = 0
HEAD = 4
# Rows that lie further apart are read apart: to begin anew costs about as much as to read on through so many rows. The
# lines of 1,000 contracts among 27 million take 1.7 s with this, 3.0 with 512, 1.9 with 8,192 (two cores, polars 2.1.0) ...
GAP = 1 << 11
# ... or as to search so many times as many for what holds of the wanted ones, without reading the others.
SEARCHED = 5
# So many files are asked one by one.
APART = 16
# Indexes that stay mapped; one more is mapped again.
MAPPED = 8192

Places = dict[str, npt.NDArray[np.int64]]
"""By data file, the rows that are meant, in ascending order."""


def mark(value: pl.Expr) -> pl.Expr:
    """What a row is looked for by, as a number; none where it is empty.

    The hash of polars is fast and differs between its versions: the name of an index says which one it was made with.
    """
    return pl.when(value.is_not_null() & (value != "")).then(value.hash()).otherwise(pl.lit(NO_MARK, pl.UInt64))


def marks_of(values: pl.Series) -> pl.Series:
    """The marks of some values, as `mark` gives them."""
    return values.to_frame("value").select(mark(pl.col("value"))).to_series()


def together(one: Places, other: Places) -> Places:
    """The rows of both."""
    both = {path: distinct(np.concatenate([one[path], other[path]])) for path in one.keys() & other.keys()}
    return one | other | both


def without(places: Places, others: Places) -> Places:
    """Rows that are not among others."""
    left = {path: np.setdiff1d(rows, others[path], True) if path in others else rows for path, rows in places.items()}
    return {path: rows for path, rows in left.items() if rows.size}


class Rows(Protocol):
    """Rows of a table that are found by their marks."""

    def find(self, marks: pl.Series) -> Places: ...
    def marks_at(self, places: Places) -> pl.Series: ...
    def read(self, places: Places, *, holds: pl.Expr | None = None) -> pl.DataFrame: ...


class RowIndex:
    """Rows of a table at one version by their marks.

    `marks` give a number for each row, `NO_MARK` for none. `by_row`: whether the marks of a row are asked for.
    """

    def __init__(
        self, lake: Lakehouse, table: Table, marks: Sequence[pl.Expr], version: int | None = None, *, by_row: bool = False
    ) -> None:
        self._lake, self.table, self._by_row = lake, table, by_row
        self._marks = [expression.alias(f"mark_{place}") for place, expression in enumerate(marks)]
        self._version = version

    @cached_property
    def data_files(self) -> pl.DataFrame:
        """The data files of the table as `Lakehouse.data_files` tells them; none where it does not exist."""
        if not self._lake.exists(self.table):
            return pl.DataFrame(schema=DATA_FILE)
        return self._lake.data_files(self.table, self._version)

    @cached_property
    def files(self) -> dict[str, int]:
        """How many rows each data file has."""
        return dict(self.data_files.select("path", pl.col("num_records").fill_null(0)).iter_rows())

    def find(self, marks: pl.Series) -> Places:
        """The rows that bear one of some marks."""
        wanted = distinct(marks.to_numpy())
        wanted = wanted[wanted != NO_MARK]
        found = {path: self._index(path).rows_of(wanted) for path in self._bearing(wanted)} if wanted.size else {}
        return {path: rows for path, rows in found.items() if rows.size}

    def _bearing(self, wanted: Words) -> list[str]:
        """The files that may bear one of some marks."""
        by_mark, unknown = self._learned
        bearing = by_mark.bearing(wanted) | unknown
        return [path for path in self.files if path in bearing]

    @cached_property
    def _learned(self) -> tuple[FilesByMark, set[str]]:
        """The files of many at once, and those not among them: so few that each may as well be asked."""
        by_mark = FilesByMark(self._folder / "many", lambda path: self._index(path).marks)
        fresh = set(self.files) - by_mark.covered
        if len(fresh) <= APART:
            return by_mark, fresh
        by_mark.learn(list(fresh), set(self.files))
        return by_mark, set()

    def make(self) -> None:
        """Make what is missing now, so that whoever looks up next need not; and delete indexes of files that are gone."""
        for path in self.files:
            self._index(path)
        _ = self._learned
        named = {self._file(path) for path in self.files}
        for stale in self._folder.glob("*.rows"):
            if stale not in named:
                stale.unlink(missing_ok=True)

    def marks_at(self, places: Places) -> pl.Series:
        """All marks of some rows, each once. Only of an index by row."""
        every = [self._index(path).by_row[rows].ravel() for path, rows in places.items()]
        marks = distinct(np.concatenate([np.zeros(0, np.uint64), *every]))
        return pl.Series("mark", marks[marks != NO_MARK])

    def read(self, places: Places, columns: Sequence[str] | None = None, *, holds: pl.Expr | None = None) -> pl.DataFrame:
        """The rows at some places, in their order; all columns, or some.

        `holds`: what is true of all of them. Of a file in which they lie close come all rows then of which it is true.
        """
        names = self.table.column_names if columns is None else list(columns)
        scans: list[pl.LazyFrame] = []
        kept: list[npt.NDArray[np.int64] | None] = []
        for path, rows in places.items():
            file = self._lake.scan_files(self.table, [path])
            parts = np.split(rows, np.flatnonzero(np.diff(rows) > GAP) + 1)
            through = sum(int(part[-1] - part[0]) for part in parts) + GAP * len(parts)
            if holds is not None and self.files[path] < SEARCHED * through:
                scans.append(file.filter(holds).select(names))
                kept.append(None)
                continue
            scans += [file.slice(part[0], part[-1] - part[0] + 1).select(names) for part in parts]
            kept += [part - part[0] for part in parts]
        frames = pl.collect_all(scans)
        wanted = [frame if rows is None else frame[rows] for frame, rows in zip(frames, kept, strict=True)]
        return pl.concat([self.table.empty().select(names), *wanted])

    @cached_property
    def _folder(self) -> Path:
        """Named by what decides the marks: the expressions, and the hash as this polars computes it here."""
        told = [mark_.meta.serialize() for mark_ in self._marks]
        probe = pl.Series(["realtime-revenue"]).hash().to_numpy().tobytes()
        of = b"|".join([str((FORMAT, pl.__version__, self._by_row)).encode(), probe, *told])
        return index_folder(self._lake, self.table) / "rows" / xxhash.xxh3_64_hexdigest(of)

    def _file(self, path: str) -> Path:
        return self._folder / f"{quote(path, safe='')}.rows"

    def _index(self, path: str) -> FileIndex:
        try:
            return opened(self._file(path))
        except (FileNotFoundError, ValueError):
            self.learn(path, self._lake.scan_files(self.table, [path]))
            return opened(self._file(path))

    def learn(self, path: str, rows: pl.LazyFrame) -> None:
        """Make the index of a data file from its rows."""
        words = words_of(rows.select(self._marks).collect(), by_row=self._by_row)
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f"{uuid.uuid4().hex}.tmp"
        # Not flushed to the disk: what a crash of the machine leaves of it fails its checksum.
        words.tofile(fresh)
        os.replace(fresh, self._file(path))

    def forget(self, paths: Sequence[str]) -> None:
        """Delete the indexes of files that the table no longer has."""
        for path in paths:
            self._file(path).unlink(missing_ok=True)


@dataclass(frozen=True)
class FileIndex:
    """The rows of one data file by mark: `marks` ascending, `first` row and `count` of each run of rows that bear it."""

    marks: Words
    first: Words
    count: Words
    by_row: Words

    def rows_of(self, wanted: Words) -> npt.NDArray[np.int64]:
        """Rows that bear one of these marks, which ascend."""
        start, end = np.searchsorted(self.marks, wanted, "left"), np.searchsorted(self.marks, wanted, "right")
        runs = stretches(start, end - start)
        return distinct(stretches(self.first[runs].astype(np.int64), self.count[runs].astype(np.int64)))


def words_of(marks: pl.DataFrame, *, by_row: bool) -> Words:
    """The index of a file whose rows have these marks."""
    runs = []
    for column in marks.get_columns():
        values = column.to_numpy()
        first = (
            np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])) if values.size else np.zeros(0, np.int64)
        )
        count = np.diff(np.append(first, values.size))
        kept = values[first] != NO_MARK
        runs.append(np.stack([values[first], first.astype(np.uint64), count.astype(np.uint64)])[:, kept])
    every = np.concatenate([np.zeros((3, 0), np.uint64), *runs], axis=1)
    ordered = every[:, np.argsort(every[0], kind="stable")]
    rows = marks.to_numpy().astype(np.uint64).ravel() if by_row else np.zeros(0, np.uint64)
    body = np.concatenate([ordered.ravel(), rows])
    width = marks.width if by_row else 0
    checksum = xxhash.xxh3_64_intdigest(body.data)
    return np.concatenate([np.array([checksum, ordered.shape[1], width, marks.height], np.uint64), body])


@lru_cache(maxsize=MAPPED)
def opened(file: Path) -> FileIndex:
    """The index in a file. FileNotFoundError where there is none, ValueError where it is damaged."""
    words = np.memmap(file, dtype="<u8", mode="r")
    if words.size < HEAD:
        raise ValueError(f"{file} is damaged")
    checksum, runs, width, height = (int(word) for word in words[:HEAD])
    body = np.asarray(words[HEAD:])
    if body.size != 3 * runs + width * height or xxhash.xxh3_64_intdigest(body.data) != checksum:
        raise ValueError(f"{file} is damaged")
    marks, first, count = body[: 3 * runs].reshape(3, runs)
    return FileIndex(marks, first, count, body[3 * runs :].reshape(height, width))
