"""In which data files of a table the rows of a thing stand, so that looking one up costs as much as it has rows.

Silver is laid out by month, and the facts of one object may come years apart: without this a look-up reads the whole table.
Held by whoever looks again and again, 16 bytes for each thing in each file: sorted runs of 64-bit hashes, mapped from files
without a name, so that the memory of the process does not grow with the table and nothing outlives it. What the log added
since is read when something is asked for. A hash that two things share costs a needless file, never a wrong row. A file
that was compacted since stays the place of its rows until it is vacuumed.
"""

from __future__ import annotations

from tempfile import TemporaryFile

import numpy as np
import polars as pl

from lakehouse.key_index import index_folder
from lakehouse.log_files import read_log, unquote_path
from lakehouse.sorted_runs import MERGE_RATIO, Words, distinct, merge, seconds_of
from lakehouse.store import Lakehouse
from lakehouse.table import Table

# The things of so many files are learned at once.
FILES = 256


class Whereabouts:
    """Where the rows of a table stand by `key`, a text made of its columns. For one thread."""

    def __init__(self, lake: Lakehouse, table: Table, key: pl.Expr) -> None:
        self._lake = lake
        self._table = table
        self._key = key
        self._forget()

    def rows(self, keys: pl.Series, version: int, columns: list[str]) -> pl.DataFrame:
        """All rows of these keys at a version; none of the columns may be one that the table is partitioned by."""
        try:
            return self._found(keys, version, columns)
        except (FileNotFoundError, pl.exceptions.ComputeError):
            self._forget()  # compacted, and vacuumed a day later
            return self._found(keys, version, columns)

    def _found(self, keys: pl.Series, version: int, columns: list[str]) -> pl.DataFrame:
        self._bring_to(version)
        paths = self._files_of(keys)
        if not paths:
            return self._table.empty().select(columns)
        return self._scan(paths).filter(self._key.is_in(keys.implode())).select(columns).collect()

    def _forget(self) -> None:
        self._version: int | None = None
        self._files: list[str] = []
        self._runs: list[Words] = []

    def _bring_to(self, version: int) -> None:
        if self._version is not None:
            # A version before the one known is asked for where somebody else has just rewritten the table.
            changes = read_log(self._lake, self._table, self._version + 1, version) if self._version <= version else None
            if changes is None or changes.rewritten:
                self._forget()
            else:
                self._add(changes.added)
        if self._version is None:
            handle = self._lake.open(self._table)
            handle.load_as_version(version)
            self._add([unquote_path(str(path)) for path in handle.get_add_actions().column("path").to_pylist()])
        self._version = version

    def _add(self, paths: list[str]) -> None:
        for first in range(0, len(paths), FILES):
            self._learn(paths[first : first + FILES])

    def _learn(self, paths: list[str]) -> None:
        held = self._scan(paths, file="_file").select("_file", hash=self._key.hash()).unique().collect()
        known = pl.DataFrame({"_file": [self._place(path) for path in paths]}).with_row_index("number", len(self._files))
        self._files += paths
        placed = held.join(known, on="_file").sort("hash")
        fresh = np.stack([placed.get_column(name).to_numpy().astype(np.uint64) for name in ("hash", "number")])
        like, count = [fresh], fresh.shape[1]
        while self._runs and self._runs[-1].shape[1] <= MERGE_RATIO * count:
            like.insert(0, self._runs.pop())
            count += like[0].shape[1]
        if count:
            self._runs.append(self._merged(like, count))

    def _merged(self, runs: list[Words], count: int) -> Words:
        folder = index_folder(self._lake, self._table)
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            run = np.memmap(file, dtype=np.uint64, mode="w+", shape=(2, count))
        merge(runs, run)
        return run

    def _files_of(self, keys: pl.Series) -> list[str]:
        wanted = pl.select(pl.lit(keys.unique()).hash()).to_series().sort().to_numpy()
        numbers = [seconds_of(run, wanted) for run in self._runs]
        return [self._files[number] for number in distinct(np.concatenate([np.empty(0, np.uint64), *numbers]))]

    def _scan(self, paths: list[str], file: str | None = None) -> pl.LazyFrame:
        stored = {n: dtype for n, dtype in self._table.polars_schema().items() if n not in self._table.partition_by}
        return pl.scan_parquet(
            [self._place(path) for path in paths],
            schema=stored,
            missing_columns="insert",
            extra_columns="ignore",
            include_file_paths=file,
            hive_partitioning=False,
            glob=False,
            storage_options=self._lake.storage_options or None,
        )

    def _place(self, path: str) -> str:
        return f"{self._lake.uri(self._table)}/{path}"
