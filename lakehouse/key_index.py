"""Which keys a table holds: an exact index over all of them, beside a local table or in a cache folder.

Sorted runs of 128-bit key hashes, memory-mapped, so that a look-up costs the same in a large table as in
a small one. The index is a cache of the table: it can be deleted at any time, and is rebuilt when the
table lost data, when its log was cleaned away, and on another machine.

Not guaranteed: two different keys with one 128-bit hash are taken for one (2^-128 a pair).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from lakehouse.hashing import KeyRecords, key_records
from lakehouse.log_end import LogEnd
from lakehouse.log_files import read_log
from lakehouse.sorted_runs import MERGE_RATIO, Words, checksum_of, merge
from lakehouse.store import Lakehouse
from lakehouse.table import Table

FORMAT = 1
REBUILD_ROWS = 4_000_000
# A run of this many keys (24 bytes each) is left as it is: merging it again would cost more than looking into it.
LARGEST_RUN = 1 << 26
# Keys of so many commits, or so many keys, stay in memory before they become a run: a run costs 4 ms and a write to the
# disk, and what is not written is read from the log again.
LOOSE_COMMITS = 32
LOOSE_KEYS = 1 << 15


@dataclass(frozen=True)
class Run:
    """Keys sorted by the high half of their hash."""

    name: str
    count: int
    checksum: str
    high: Words
    low: Words
    content: Words


class Columns(NamedTuple):
    """Keys sorted by the high half of their hash, a column a field."""

    high: Words
    low: Words
    content: Words


@dataclass(frozen=True)
class Held:
    """For each key looked up: whether the table holds it, and the head of the content hash it holds."""

    present: npt.NDArray[np.bool_]
    content: Words


class KeyIndex:
    """The keys of one table. One instance a process and table; several processes share the folder under a lock."""

    def __init__(self, lake: Lakehouse, table: Table) -> None:
        self._lake = lake
        self._table = table
        self._folder = index_folder(lake, table)
        self._runs: list[Run] = []
        self._loose: KeyRecords | None = None
        self._loose_commits = 0
        self._version = -1
        self._table_id = ""
        self._stamp: tuple[int, int] | None = None
        self._remembered: dict[str, KeyRecords] = {}

    def remember(self, path: str, records: KeyRecords) -> None:
        """Keys of a data file about to be committed, so that the next refresh need not read the file."""
        self._remembered[path] = records

    def refresh(self, end: LogEnd) -> None:
        """Bring the index to the end of the log, or further if another process already has."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self._load_manifest()
            table_id, version = end.table_id, end.version
            if table_id == self._table_id and self._version >= version:
                if self._version > version and self._lake.open(self._table).version() < self._version:
                    self._rebuild(version, table_id)
                return
            changes = None
            if table_id == self._table_id:
                changes = read_log(self._lake, self._table, self._version + 1, version)
            if changes is None or changes.rewritten:
                self._rebuild(version, table_id)
                return
            try:
                fresh = [self.records_in(path) for path in changes.added]
            except (FileNotFoundError, pl.exceptions.ComputeError):  # compacted and vacuumed since it was added
                self._rebuild(version, table_id)
                return
            self._hold(fresh, version)

    def _hold(self, fresh: list[KeyRecords], version: int) -> None:
        """Keep keys in memory, sorted, until there are enough of them for a run."""
        self._loose_commits += 1
        held = [*([] if self._loose is None else [self._loose]), *fresh]
        if self._loose_commits >= LOOSE_COMMITS or sum(map(len, held)) >= LOOSE_KEYS:
            self._add(held)
            self._save_manifest(version, self._table_id)
            return
        if fresh:
            every = np.concatenate(held)
            self._loose = every[np.argsort(every["high"])]
        self._version = version

    def _all_runs(self) -> list[Run]:
        # Another thread may move the loose keys into a run meanwhile: taken in this order, none is missed.
        loose = self._loose
        runs = self._runs
        if loose is None:
            return runs
        columns = (np.ascontiguousarray(loose[field]) for field in Columns._fields)
        return [*runs, Run("", len(loose), "", *columns)]

    def look_up(self, records: KeyRecords) -> Held:
        """Which of these keys the table holds, at the version of the last refresh."""
        present = np.zeros(len(records), dtype=np.bool_)
        content = np.zeros(len(records), dtype=np.uint64)
        runs = self._all_runs()
        if not runs:
            return Held(present, content)
        # In the order of the runs: 100,000 keys are found among 50 million in 0.15 s instead of 1.2, as what one key has
        # brought into the cache of the processor serves the next.
        order = np.argsort(records["high"])
        high, low = (records[field][order].astype(np.uint64) for field in ("high", "low"))
        for run in runs:
            at = np.searchsorted(run.high, high)
            pending = np.flatnonzero((at < run.count) & ~present)
            # Keys that share the high half of their hash stand next to each other: step until it changes.
            while pending.size:
                position = at[pending]
                same_high = run.high[position] == high[pending]
                pending, position = pending[same_high], position[same_high]
                hit = run.low[position] == low[pending]
                present[pending[hit]] = True
                content[pending[hit]] = run.content[position[hit]]
                pending = pending[~hit]
                at[pending] += 1
                pending = pending[at[pending] < run.count]
        held = Held(np.empty_like(present), np.empty_like(content))
        held.present[order], held.content[order] = present, content
        return held

    @property
    def size(self) -> int:
        """Keys held; a key that two runs hold counts twice."""
        return sum(run.count for run in self._all_runs())

    def records_in(self, path: str) -> KeyRecords:
        """Keys of a data file of the table."""
        if path in self._remembered:
            return self._remembered.pop(path)
        return self._hash(self._lake.scan_files(self._table, [path]).select(self._hashed).collect())

    @property
    def _hashed(self) -> list[str]:
        """The columns that the index is made of."""
        content = self._table.content_hash
        return [*self._table.key, *([content] if content else [])]

    def _hash(self, rows: pl.DataFrame) -> KeyRecords:
        return key_records(rows, self._table.key, self._table.content_hash)

    def _rebuild(self, version: int, table_id: str) -> None:
        self._runs = []
        self._loose = None
        self._remembered = {}
        rows = self._lake.scan(self._table, version).select(self._hashed)
        self._add([self._hash(piece) for piece in rows.collect_batches(chunk_size=REBUILD_ROWS)])
        self._save_manifest(version, table_id)

    def _add(self, records: Sequence[KeyRecords]) -> None:
        """Add keys as a new run, then merge runs of like size. Duplicates between runs do no harm."""
        count = sum(map(len, records))
        if not count:
            return
        # By all cores: numpy takes four times as long for 27 million.
        keys = pl.LazyFrame({field: np.concatenate([part[field] for part in records]) for field in Columns._fields})
        ordered = keys.sort("high").collect(engine="streaming")
        merged = [Columns(*(ordered.get_column(field).to_numpy() for field in Columns._fields))]
        kept = list(self._runs)
        while kept and kept[-1].count <= MERGE_RATIO * count and count < LARGEST_RUN:
            run = kept.pop()
            merged.insert(0, Columns(run.high, run.low, run.content))
            count += run.count
        self._runs = [*kept, self._write_run(merged)]

    def _write_run(self, sorted_columns: list[Columns]) -> Run:
        name = f"{uuid.uuid4().hex}.run"
        count = sum(len(columns.high) for columns in sorted_columns)
        words = np.memmap(self._folder / name, dtype="<u8", mode="w+", shape=(len(Columns._fields), count))
        merge(sorted_columns, words)
        # Not flushed to the disk: what a crash of the machine leaves of it fails its checksum.
        return self._map_run(name, count, checksum_of(self._folder / name))

    def _map_run(self, name: str, count: int, checksum: str) -> Run:
        words = np.memmap(self._folder / name, dtype="<u8", mode="r")
        return Run(name, count, checksum, words[:count], words[count : 2 * count], words[2 * count :])

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @property
    def _manifest(self) -> Path:
        return self._folder / "manifest.json"

    def _load_manifest(self) -> None:
        """Take over what another process, or an earlier life of this one, left; forget it where it is damaged."""
        try:
            status = self._manifest.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp == self._stamp:
                return
            saved = json.loads(self._manifest.read_text())
            if saved["format"] != FORMAT:
                raise ValueError("another format")
            mapped = {run.name: run for run in self._runs}
            self._runs = [mapped.get(r["name"]) or self._checked_run(r) for r in saved["runs"]]
            self._version, self._table_id, self._stamp = saved["version"], saved["table_id"], stamp
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            self._runs, self._version, self._table_id, self._stamp = [], -1, "", None
        self._loose, self._loose_commits = None, 0

    def _checked_run(self, saved: dict[str, object]) -> Run:
        run = self._map_run(str(saved["name"]), int(str(saved["count"])), str(saved["checksum"]))
        if len(run.content) != run.count or checksum_of(self._folder / run.name) != run.checksum:
            raise ValueError("damaged run")
        return run

    def _save_manifest(self, version: int, table_id: str) -> None:
        self._version, self._table_id = version, table_id
        self._loose, self._loose_commits = None, 0
        saved = {
            "format": FORMAT,
            "table_id": table_id,
            "version": version,
            "runs": [{"name": run.name, "count": run.count, "checksum": run.checksum} for run in self._runs],
        }
        fresh = self._folder / f"{uuid.uuid4().hex}.tmp"
        fresh.write_text(json.dumps(saved))
        os.replace(fresh, self._manifest)
        status = self._manifest.stat()
        self._stamp = (status.st_mtime_ns, status.st_ino)
        named = {run.name for run in self._runs}
        for stale in self._folder.glob("*.run"):
            if stale.name not in named:
                stale.unlink(missing_ok=True)


def index_folder(lake: Lakehouse, table: Table) -> Path:
    """Beside a local table (vacuum passes by what begins with '_'), in the user's cache folder for a remote one."""
    if lake.is_local:
        return Path(lake.uri(table)) / "_rtr_index"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "realtime-revenue"
    return cache / hashlib.sha256(lake.uri(table).encode()).hexdigest()[:32]
