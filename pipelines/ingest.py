"""The ingest as a whole: what to read, from where it goes on, batch by batch, to the summary."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count

from deltalake.exceptions import DeltaError

from lakehouse.commit import key_index
from lakehouse.errors import CommitError, RtrError, TransientError
from lakehouse.log_end import LogEnd
from lakehouse.probe import require_conditional_puts
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, ops, quarantine, silver
from pipelines.beside import Beside, Report
from pipelines.care import care_of
from pipelines.drivers.micro import run_micro
from pipelines.feeds import AnyFeed, IngestOptions
from pipelines.job import Progress, new_batch_id, utc_now
from pipelines.memory import give_back_memory
from pipelines.privacy.rules import require_privacy
from pipelines.recorder import Recorder
from pipelines.registry import remember, remember_zone, require_known
from pipelines.schema.drift import forget
from pipelines.schema.policy import remember_policy
from pipelines.sources.ranges import group_ranges
from pipelines.sources.source import Source
from pipelines.transforms.batch import BatchPlan, BatchResult
from pipelines.transforms.threads import for_each

# What a failing batch of a followed run waits before the next try, doubling up to the second figure.
BACKOFF_SECONDS = (0.5, 30.0)
# A run that does not follow gives up after so many failures of its batches.
MAX_RESTARTS = 3


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
    feeds: Sequence[AnyFeed],
    options: IngestOptions | None = None,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    report: Report | None = None,
    after_commit: Callable[[], object] | None = None,
) -> Summary:
    """Read every feed to its end, or follow them until `stop` is set; each event reaches silver exactly once.

    A followed run outlives a store that fails: it waits, tells `report`, and goes on from what is committed.
    `after_commit` runs in a thread beside it, soon after batches were committed and once at the end. Raises RtrError
    UNKNOWN_SYSTEM, NO_INPUT (nothing is there and it is not followed), INPUT_UNREADABLE, ROOT_NOT_WRITABLE.
    """
    options = options or IngestOptions()
    stop = stop or threading.Event()
    prepare_feeds(lake, feeds)
    summary = Summary()
    failures = 0
    sources = [feed.open(lake, options) for feed in feeds]
    recorder = Recorder(lake, sources)
    beside = Beside(after_commit, report) if after_commit else None
    try:
        while True:
            try:
                for result in _run(lake, sources, recorder, options, stop):
                    failures = 0
                    summary.add(result)
                    if beside:
                        beside.ask()
                    if progress:
                        progress(result)
                recorder.flush(utc_now())
                break
            except (TransientError, CommitError, OSError, DeltaError) as error:
                failures += 1
                told = error if isinstance(error, RtrError) else _store_failed(error)
                if stop.is_set() or (failures > MAX_RESTARTS and not options.follow):
                    raise told from error
                if report:
                    report(told)
                stop.wait(min(BACKOFF_SECONDS[1], BACKOFF_SECONDS[0] * 2 ** (failures - 1)))
    finally:
        summary.files = sum(source.parts for source in sources)
        summary.waiting += [text for source in sources for text in source.waiting]
        for source in sources:
            source.close()
        if beside:
            beside.close()
    if not summary.files and not options.follow:
        named = ", ".join(str(feed) for feed in feeds)
        raise RtrError("NO_INPUT", f"Nothing matches {named}.", "Check the path, quote the pattern, or add --follow.")
    return summary


def _store_failed(error: Exception) -> TransientError:
    return TransientError(
        "STORE_FAILED", f"The store failed: {error}", "Check it, then run the same command again: nothing is lost."
    )


def prepare_feeds(lake: Lakehouse, feeds: Sequence[AnyFeed]) -> None:
    """Create the tables that are absent, and note by which mapping a feed is read and what of its records is not kept.

    Raises what `prepare` raises, and RtrError MAPPING_MISSING, MAPPING_IDENTITY_CHANGED, TIME_ZONE_UNUSED,
    TIME_ZONE_CHANGED, SECRET_MISSING, SECRET_CHANGED, PRIVACY_REQUIRED and SCHEMA_UNKNOWN.
    """
    prepare(lake, [feed.system for feed in feeds])
    for feed in feeds:
        care = care_of(feed)
        remember(lake, feed.system, care.mapping, utc_now())
        remember_zone(lake, feed.system, care.time_zone, utc_now())
        if not care.held:
            require_privacy(lake, feed.system, care.privacy, utc_now())
        remember_policy(lake, feed.system, care.schema, utc_now())
        forget(lake, feed.system)


def prepare(lake: Lakehouse, systems: list[str]) -> None:
    """Create the tables that are absent, and bring the indexes of the others up to date.

    Raises RtrError UNKNOWN_SYSTEM, and on an object store STORE_UNSAFE and ROOT_NOT_WRITABLE.
    """
    for system in systems:
        require_known(system)
    require_conditional_puts(lake)
    for_each((bronze.EVENTS, *silver.TABLES, *quarantine.TABLES, *ops.TABLES), lake.ensure)
    for table in silver.TABLES:  # what is known is left out before files are written
        key_index(lake, table).refresh(LogEnd.read(lake, table))


def _run(
    lake: Lakehouse, sources: list[Source], recorder: Recorder, options: IngestOptions, stop: threading.Event
) -> Iterator[BatchResult]:
    """One life of the job: from the committed positions until the end, the stop or a failure."""
    for source in sources:
        source.rewind()
    recorded = time.monotonic()
    for done in run_micro(lake, _plans(sources, options, stop), small=options.follow):
        for source in sources:
            source.committed({split: end for (system, split), end in done.ends.items() if system == source.system})
        result = replace(done, behind=sum(source.behind().amount for source in sources))
        recorder.add(result)
        yield result
        if time.monotonic() - recorded > options.record_seconds:
            recorder.flush(utc_now())
            give_back_memory()
            recorded = time.monotonic()


def _plans(sources: list[Source], options: IngestOptions, stop: threading.Event) -> Iterator[BatchPlan | None]:
    """Batches of what the lakehouse does not hold yet; ends early when the run is to stop."""
    numbers = count()
    while not stop.is_set():
        polled = time.monotonic()
        planned = False
        for group in group_ranges(chain.from_iterable(source.poll() for source in sources), options.batch_bytes):
            planned = True
            yield BatchPlan(next(numbers), new_batch_id(), tuple(group), options.legal_entity_id)
            if stop.is_set():
                return
        if not planned:
            if not options.follow and all(source.exhausted() for source in sources):
                return
            yield None
        if options.follow:
            stop.wait(max(0.0, polled + options.trigger_seconds - time.monotonic()))
