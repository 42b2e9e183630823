"""The fenced commit: rows reach a table exactly once, whatever is retried, raced or lost on the way.

1. One fence a table: the end of its log, at which the keys are checked. What comes next is the only version we can write.
2. Rows whose key the table holds are dropped, by an index over all keys; a repeat may carry any timestamp.
3. What delta-rs does not check in an external commit is checked here.
4. The commit creates that next version, so that the loser of a race fails and checks again (`log_end`).
5. After any failure the table is opened anew: if it names our files, the commit had succeeded and only the
   reply was lost; otherwise every key is checked again.

Guaranteed: each key once, for any number of writers and crashes. Not guaranteed: an atomic commit of
several tables, which Delta does not have; the order of commits in `pipelines` makes that harmless.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lakehouse.errors import CommitError
from lakehouse.hashing import KEY_RECORD, KeyRecords
from lakehouse.key_index import KeyIndex
from lakehouse.log_end import LogEnd, append, give_back, take
from lakehouse.log_files import read_log, read_log_since
from lakehouse.retry import until_committed
from lakehouse.sorted_runs import all_differ
from lakehouse.staging import StagedFile, discard, family, read_staged, restage, stage
from lakehouse.store import AppendResult, Lakehouse
from lakehouse.table import Table
from lakehouse.validation import check_frame, check_staged

# A vacuum may take a file that no commit names; only files younger than its retention are safe.
MAX_STAGED_AGE_SECONDS = 3600.0
# How far the clock of whoever staged a file may be ahead of that of whoever commits.
CLOCK_SKEW_SECONDS = 300.0

Mask = npt.NDArray[np.bool_]

NO_KEYS: KeyRecords = np.zeros(0, dtype=KEY_RECORD)

_indexes: dict[tuple[str, str], KeyIndex] = {}
_indexes_lock = threading.Lock()
_table_locks: dict[tuple[str, str], threading.Lock] = {}


@dataclass(frozen=True)
class Outcome:
    """What a commit did with the staged rows.

    `kept`, `duplicates` and `conflicts` hold one mask for each staged file, over its rows.
    """

    version: int | None
    kept: list[Mask]
    duplicates: list[Mask]
    conflicts: list[Mask]

    @property
    def appended(self) -> int:
        return int(sum(mask.sum() for mask in self.kept))

    @property
    def duplicate(self) -> int:
        return int(sum(mask.sum() for mask in self.duplicates))


def application(table: Table) -> str:
    """Name of the fence of a table in its Delta log."""
    return f"rtr/{table.qualified_name}"


def commit_frames(
    lake: Lakehouse, table: Table, frames: Iterable[pl.DataFrame], *, metadata: dict[str, str] | None = None
) -> AppendResult:
    """Stage frames one after another, each while the next one comes, and commit them together, exactly once."""

    def staged_of(frame: pl.DataFrame) -> list[StagedFile]:
        conformed = table.conform(frame)
        check_frame(table, conformed)
        return stage(lake, table, conformed)

    staged: list[StagedFile] = []
    with ThreadPoolExecutor(1) as pool:
        on_its_way: Future[list[StagedFile]] | None = None
        for frame in frames:
            staged += on_its_way.result() if on_its_way else []
            on_its_way = pool.submit(staged_of, frame)
        staged += on_its_way.result() if on_its_way else []
    outcome = commit_staged(lake, table, staged, metadata=metadata)
    rejected = [
        read_staged(lake, table, file).filter(pl.Series(mask))
        for file, mask in zip(staged, outcome.conflicts, strict=True)
        if mask.any()
    ]
    conflicts = pl.concat(rejected) if rejected else table.empty()
    discard_unused(lake, table, staged, outcome)
    return AppendResult(outcome.version, outcome.appended, outcome.duplicate, conflicts)


def commit_staged(
    lake: Lakehouse,
    table: Table,
    staged: list[StagedFile],
    *,
    known: KeyRecords = NO_KEYS,
    metadata: dict[str, str] | None = None,
) -> Outcome:
    """Commit the rows of staged files whose key the table does not hold.

    `known` are keys of rows that were never staged because the table held them. Raises TransientError COMMIT_EXHAUSTED when
    the store keeps failing, CommitError KNOWN_KEY_GONE when the table no longer holds one of the known keys, CommitError
    when a file is not what the table declares.
    """
    if not staged and not len(known):
        return Outcome(None, [], [], [])
    with _table_lock(lake, table):
        return _Attempts(lake, table, staged, known, metadata).run()


class _Attempts:
    """The tries of one commit; holds what must be remembered between them."""

    def __init__(
        self,
        lake: Lakehouse,
        table: Table,
        staged: list[StagedFile],
        known: KeyRecords,
        metadata: dict[str, str] | None,
    ) -> None:
        self.lake, self.table, self.staged, self.known, self.metadata = lake, table, staged, known, metadata
        self.index = key_index(lake, table)
        self.rewritten: dict[tuple[str, bytes], StagedFile] = {}
        self.tried_paths: set[str] = set()
        self.tried_from: int | None = None
        self.tried_outcome: Outcome | None = None

    def run(self) -> Outcome:
        return until_committed(self.table.qualified_name, self._attempt)

    def _attempt(self) -> Outcome:
        end = take(self.lake, self.table)
        outcome = self._already_committed(end) or self._try(end)
        give_back(self.lake, self.table, end)
        return outcome

    def _already_committed(self, end: LogEnd) -> Outcome | None:
        """The outcome of an earlier try whose commit succeeded although its reply was lost."""
        if self.tried_from is None or self.tried_outcome is None:
            return None
        changes = read_log(self.lake, self.table, self.tried_from + 1, end.version)
        if changes is None or not self.tried_paths.intersection(changes.added):
            return None
        self.index.refresh(end)
        return replace(self.tried_outcome, version=end.version)

    def _try(self, end: LogEnd) -> Outcome:
        fence = end.transaction_version(application(self.table)) or 0
        self.index.refresh(end)
        if len(self.known) and not self.index.look_up(self.known).present.all():
            raise CommitError(
                "KNOWN_KEY_GONE",
                f"{self.table.qualified_name} lost rows while a batch was on its way.",
                "Run the same command again: the batch is read anew.",
            )
        if not self.staged:
            return Outcome(None, [], [], [])
        outcome = resolve(self.index, self.staged)
        files = [self._file_to_add(file, mask) for file, mask in zip(self.staged, outcome.kept, strict=True) if mask.any()]
        told = self._with_earlier_life(end, outcome)
        if not files:
            return told
        check_staged(self.lake, self.table, files)
        for file in files:
            self.index.remember(file.path, file.keys)
        self.tried_from = end.version
        self.tried_paths |= {file.path for file in files}
        self.tried_outcome = told
        version = append(self.lake, self.table, end, files, {application(self.table): fence + 1}, self.metadata)
        # Now and not before the next commit: what is staged meanwhile is looked up among these rows too.
        self.index.refresh(end)
        return replace(told, version=version)

    def _with_earlier_life(self, end: LogEnd, outcome: Outcome) -> Outcome:
        """Rows that were committed from these very files before a runner repeated the call are kept, not duplicates."""
        repeated = [n for n, (file, kept) in enumerate(zip(self.staged, outcome.kept, strict=True)) if not kept.any()]
        if not repeated or self.tried_from is not None:
            return outcome
        oldest = min(self.staged[n].staged_at for n in repeated) - CLOCK_SKEW_SECONDS
        added: dict[str, list[str]] = defaultdict(list)
        for path in read_log_since(self.lake, self.table, end.version, oldest):
            added[family(path)].append(path)
        kept, duplicates = list(outcome.kept), list(outcome.duplicates)
        for n in repeated:
            paths = added.get(family(self.staged[n].path), [])
            kept[n] = self._rows_in(self.staged[n], paths)
            duplicates[n] = duplicates[n] & ~kept[n]
        return replace(outcome, kept=kept, duplicates=duplicates)

    def _rows_in(self, file: StagedFile, committed: list[str]) -> Mask:
        """Which rows of a staged file stand in committed files of its family."""
        if file.path in committed:
            return np.ones(file.rows, dtype=np.bool_)
        held = {(key["high"], key["low"]) for path in committed for key in self.index.records_in(path)}
        return np.array([(key["high"], key["low"]) in held for key in file.keys], dtype=np.bool_)

    def _file_to_add(self, file: StagedFile, keep: Mask) -> StagedFile:
        """The staged file as it is where all its rows are wanted and it is young, else one written anew."""
        if keep.all() and time.time() - file.staged_at < MAX_STAGED_AGE_SECONDS:
            return file
        known = self.rewritten.get((file.path, keep.tobytes()))
        if known is None or time.time() - known.staged_at >= MAX_STAGED_AGE_SECONDS:
            known = restage(self.lake, self.table, file, keep)
            self.rewritten[file.path, keep.tobytes()] = known
        return known


def resolve(index: KeyIndex, staged: list[StagedFile]) -> Outcome:
    """Which staged rows are new, which repeat a key with the same content, which with another.

    Within the batch the first row of a key counts, in the order of the files and of their rows.
    """
    records = np.concatenate([file.keys for file in staged])
    held = index.look_up(records)
    first, first_content = _first_in_batch(records)
    present = held.present | ~first
    if not present.any():
        none = [np.zeros(file.rows, dtype=np.bool_) for file in staged]
        return Outcome(None, [~mask for mask in none], none, none)
    content = np.where(held.present, held.content, first_content)
    same = records["content"] == content
    cuts = np.cumsum([file.rows for file in staged])[:-1]

    def by_file(mask: Mask) -> list[Mask]:
        return [np.asarray(part) for part in np.split(mask, cuts)]

    return Outcome(
        None,
        by_file(~present),
        by_file(present & same),
        by_file(present & ~same),
    )


def _first_in_batch(records: KeyRecords) -> tuple[Mask, npt.NDArray[np.uint64]]:
    """For each row: whether it is the first one of its key, and the content of that first one."""
    if all_differ(records["high"]):
        return np.ones(len(records), dtype=np.bool_), records["content"]
    order = np.lexsort((np.arange(len(records)), records["low"], records["high"]))
    high, low = records["high"][order], records["low"][order]
    starts = np.ones(len(records), dtype=np.bool_)
    starts[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    leaders = order[np.flatnonzero(starts)][np.cumsum(starts) - 1]
    first = np.zeros(len(records), dtype=np.bool_)
    first[order] = starts
    content = np.zeros(len(records), dtype=np.uint64)
    content[order] = records["content"][leaders]
    return first, content


def discard_unused(lake: Lakehouse, table: Table, staged: Iterable[StagedFile], outcome: Outcome) -> None:
    """Delete staged files that the commit did not take as they were; old ones, which a cleaned log may hide, are left.

    Only for a caller that never repeats the commit: the files are needed to judge their rows again.
    """
    unused = [
        file.path
        for file, kept in zip(staged, outcome.kept, strict=True)
        if not kept.all() and time.time() - file.staged_at < MAX_STAGED_AGE_SECONDS
    ]
    if unused:
        discard(lake, table, unused)


def key_index(lake: Lakehouse, table: Table) -> KeyIndex:
    """The one index of a table in this process."""
    with _indexes_lock:
        return _indexes.setdefault((lake.root, table.qualified_name), KeyIndex(lake, table))


def _table_lock(lake: Lakehouse, table: Table) -> threading.Lock:
    """Threads of one process take turns at a table; processes race and the fence decides."""
    with _indexes_lock:
        return _table_locks.setdefault((lake.root, table.qualified_name), threading.Lock())
