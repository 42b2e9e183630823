"""How far each part of a source has been read, kept inside the table that proves it.

Bronze is committed last, in one commit with a transaction for each split that holds its end position: a
transaction version survives checkpoints and log cleanup, commit metadata does not. Bronze is fenced by
position and not by key: a record received twice stands in it twice, once for each place it was read from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lakehouse.commit import MAX_STAGED_AGE_SECONDS
from lakehouse.errors import CommitError
from lakehouse.log_end import LogEnd, append, give_back, take
from lakehouse.log_files import read_log
from lakehouse.retry import until_committed
from lakehouse.staging import StagedFile, restage
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.validation import check_staged


@dataclass(frozen=True)
class StagedRange:
    """Records of one split whose positions lie in start..end (exclusive), staged in a file that ranges may share.

    They are the file's rows from `first_row` on, and `positions` holds the position of each; `file` is None where the range
    is empty. `follows` is the position that the range continues, less than `start` where the source has nothing between.
    """

    source: str
    split: str
    start: int
    follows: int
    end: int
    file: StagedFile | None
    first_row: int
    positions: npt.NDArray[np.int64]


def position_application(source: str, split: str) -> str:
    """Name under which the end position of a split is kept in the Delta log."""
    return f"rtr/position/{source}/{split}"


class Transactions(Protocol):
    """What tells the last transaction of an application: a DeltaTable, or the end of its log."""

    def transaction_version(self, app_id: str, /) -> int | None: ...


def committed_position(log: Transactions, source: str, split: str) -> int:
    """Where reading of a split goes on: 0 where nothing of it was committed."""
    return log.transaction_version(position_application(source, split)) or 0


def positions(lake: Lakehouse, table: Table, source: str) -> Callable[[str], int]:
    """The committed position of each split of a source, as the table stands now."""
    return partial(committed_position, lake.open(table), source)


def in_order(log: Transactions, ranges: Iterable[StagedRange]) -> tuple[list[StagedRange], list[StagedRange]]:
    """Ranges that continue what is committed, or each other, in order; and those that must wait for one not yet here."""
    ready: list[StagedRange] = []
    waiting: list[StagedRange] = []
    ends: dict[tuple[str, str], int] = {}
    for item in sorted(ranges, key=lambda item: (item.source, item.split, item.follows, item.end)):
        split = (item.source, item.split)
        if split not in ends:
            ends[split] = committed_position(log, *split)
        if item.follows > ends[split]:
            waiting.append(item)
        else:
            ready.append(item)
            ends[split] = max(ends[split], item.end)
    return ready, waiting


def commit_ranges(
    lake: Lakehouse, table: Table, ranges: list[StagedRange], *, metadata: dict[str, str] | None = None
) -> int:
    """Append what no earlier commit covered, and move the positions; returns the rows appended.

    Ranges of one split come in order. Raises CommitError POSITION_GAP where a range begins beyond the committed position,
    TransientError COMMIT_EXHAUSTED when the store keeps failing.
    """
    tried: set[str] = set()
    tried_from, tried_rows = -1, 0

    def attempt() -> int:
        end = take(lake, table)
        rows = append_once(end)
        give_back(lake, table, end)
        return rows

    def append_once(end: LogEnd) -> int:
        nonlocal tried_from, tried_rows
        if tried:
            changes = read_log(lake, table, tried_from + 1, end.version)
            if changes is not None and tried.intersection(changes.added):
                return tried_rows
        files, ends = _uncovered(lake, table, end, ranges)
        if not ends:
            return 0
        check_staged(lake, table, files)
        tried_from, tried_rows = end.version, sum(file.rows for file in files)
        tried.update(file.path for file in files)
        append(lake, table, end, files, ends, metadata)
        return tried_rows

    return until_committed(table.qualified_name, attempt)


def _uncovered(
    lake: Lakehouse, table: Table, end: LogEnd, ranges: list[StagedRange]
) -> tuple[list[StagedFile], dict[str, int]]:
    """Files with the records beyond the committed positions, and the new positions."""
    files: dict[str, StagedFile] = {}
    keep: dict[str, npt.NDArray[np.bool_]] = {}
    ends: dict[str, int] = {}
    for part in ranges:
        if part.file is not None and part.file.path not in files:
            files[part.file.path] = part.file
            keep[part.file.path] = np.zeros(part.file.rows, dtype=np.bool_)
        application = position_application(part.source, part.split)
        held = ends.get(application, committed_position(end, part.source, part.split))
        if part.follows > held:
            raise CommitError(
                "POSITION_GAP",
                f"{part.split} of {part.source} was read from {part.follows}, the lakehouse holds it up to {held}.",
                "Run the ingest again: it begins where the lakehouse stands.",
            )
        if part.end <= held:
            continue
        if part.file is not None:
            rows = slice(part.first_row, part.first_row + len(part.positions))
            keep[part.file.path][rows] = part.positions >= held
        ends[application] = part.end
    return [_to_add(lake, table, files[path], mask) for path, mask in keep.items() if mask.any()], ends


def _to_add(lake: Lakehouse, table: Table, file: StagedFile, keep: npt.NDArray[np.bool_]) -> StagedFile:
    young = time.time() - file.staged_at < MAX_STAGED_AGE_SECONDS
    return file if keep.all() and young else restage(lake, table, file, keep)
