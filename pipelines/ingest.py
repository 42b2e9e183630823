"""The ingest as a whole: what to read, from where it goes on, batch by batch, to the summary."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import polars as pl

from lakehouse.commit import key_index
from lakehouse.errors import RtrError
from lakehouse.progress import committed_position
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, ops, quarantine, silver
from pipelines.drivers.micro import run_micro
from pipelines.job import Progress, new_batch_id, utc_now
from pipelines.sources.files import ReadRange, SourceFile, group_ranges, list_files, plan_ranges
from pipelines.systems import SYSTEMS
from pipelines.transforms.batch import BatchPlan, BatchResult

MEBIBYTE = 1024 * 1024
DEFAULT_ENTITY = "default"


@dataclass(frozen=True)
class Feed:
    """One system and the path or pattern its files are at."""

    system: str
    path: str


@dataclass(frozen=True)
class IngestOptions:
    """How to ingest. Bulk loads like large batches; a followed folder likes small ones."""

    batch_bytes: int = 128 * MEBIBYTE
    range_bytes: int = 64 * MEBIBYTE
    follow: bool = False
    poll_seconds: float = 1.0
    legal_entity_id: str = DEFAULT_ENTITY
    channel: str = "file"


@dataclass
class Summary:
    """What an ingest did; received = accepted + unmapped + duplicate + quarantined."""

    files: int = 0
    received: int = 0
    accepted: int = 0
    unmapped: int = 0
    duplicate: int = 0
    quarantined: int = 0
    bytes_read: int = 0
    batches: int = 0
    waiting: list[str] = field(default_factory=list)

    def add(self, result: BatchResult) -> None:
        self.received += result.received
        self.accepted += result.accepted
        self.unmapped += result.unmapped
        self.duplicate += result.duplicate
        self.quarantined += result.quarantined
        self.bytes_read += result.bytes_read
        self.batches += 1
        self.waiting += [text for text in result.waiting if text not in self.waiting]


def ingest(
    lake: Lakehouse,
    feeds: list[Feed],
    options: IngestOptions | None = None,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Summary:
    """Read every feed to its end, or follow them until `stop` is set; each event reaches silver exactly once.

    Raises RtrError UNKNOWN_SYSTEM, NO_INPUT (nothing matches and it is not followed), INPUT_UNREADABLE, ROOT_NOT_WRITABLE.
    """
    options = options or IngestOptions()
    stop = stop or threading.Event()
    for feed in feeds:
        if feed.system not in SYSTEMS:
            raise RtrError(
                "UNKNOWN_SYSTEM", f"There is no system {feed.system!r}.", f"Choose one of: {', '.join(SYSTEMS)}."
            )
    for table in (bronze.EVENTS, *silver.TABLES, *quarantine.TABLES, *ops.TABLES):
        lake.ensure(table)
    for table in silver.TABLES:  # what is known is left out before files are written
        key_index(lake, table).refresh(lake.open(table))
    summary = Summary()
    seen: dict[str, str] = {}
    while True:
        listed = [(feed.system, file) for feed in feeds for file in list_files(feed.path)]
        if not listed and not options.follow:
            paths = ", ".join(feed.path for feed in feeds)
            raise RtrError("NO_INPUT", f"Nothing matches {paths}.", "Check the path, quote the pattern, or add --follow.")
        changed = [(system, file) for system, file in listed if seen.get(file.path) != file.etag]
        summary.files = len(listed)
        results = []
        for result in run_micro(lake, _plans(lake, changed, options, stop)):
            summary.add(result)
            results.append(result)
            if progress:
                progress(result)
        seen |= {file.path: file.etag for _, file in changed}
        if results:
            _record(lake, results, changed)
        if not options.follow or stop.wait(options.poll_seconds):
            return summary


def _plans(
    lake: Lakehouse, files: list[tuple[str, SourceFile]], options: IngestOptions, stop: threading.Event
) -> Iterator[BatchPlan]:
    """Batches of what the lakehouse does not hold yet; ends early when the run is to stop."""
    handle = lake.open(bronze.EVENTS)

    def ranges() -> Iterator[ReadRange]:
        for system, file in files:
            yield from plan_ranges(system, [file], partial(committed_position, handle, system), options.range_bytes)

    for number, group in enumerate(group_ranges(ranges(), options.batch_bytes)):
        if stop.is_set():
            return
        yield BatchPlan(number, new_batch_id(), tuple(group), options.channel, options.legal_entity_id)


def _record(lake: Lakehouse, results: list[BatchResult], files: list[tuple[str, SourceFile]]) -> None:
    """Keep what the batches did and how far the files were read, for those who watch."""
    names = ops.INGEST_BATCHES.column_names
    lake.append(ops.INGEST_BATCHES, pl.DataFrame([{n: getattr(r, n) for n in names} for r in results]))
    handle, now = lake.open(bronze.EVENTS), utc_now()
    rows = [_position_row(system, file, committed_position(handle, system, file.split), now) for system, file in files]
    lake.append(ops.POSITIONS, pl.DataFrame(rows))


def _position_row(system: str, file: SourceFile, position: int, now: datetime) -> dict[str, object]:
    return {
        "source": system,
        "split": file.split,
        "sequence": int(now.timestamp() * 1_000_000),
        "size": file.size,
        "etag": file.etag,
        "position": position,
        "complete": position >= file.size if file.addressed_by_byte else position > 0,
        "recorded_at": now,
    }
