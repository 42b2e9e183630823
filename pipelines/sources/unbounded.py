"""Any source of ours as an unbounded source of Beam, for runners that read by themselves.

Where reading goes on is decided by the lakehouse alone: a reader that a runner makes anew, after a crash or on another
worker, begins at the committed positions. What is still on its way in the runner is then read twice, and dropped by key and
position. So the checkpoint mark holds no position; it only tells a reader that is still in memory from one that must begin
again.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apache_beam.coders import Coder, PickleCoder
from apache_beam.io.unbounded_source import CheckpointMark, UnboundedReader, UnboundedSource
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp

from lakehouse.progress import positions
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze
from pipelines.feeds import AnyFeed, IngestOptions
from pipelines.sources.ranges import Range, group_ranges
from pipelines.sources.source import Source
from pipelines.transforms.batch import BatchPlan

# How often a reader looks what was committed, to tell a broker and to go on with files that are read as a whole.
SYNC_SECONDS = 2.0


@dataclass(frozen=True)
class ReaderMark(CheckpointMark):  # type: ignore[misc]
    """Names one moment of one reader."""

    reader: str
    count: int

    def finalize_checkpoint(self) -> None:
        return None


class Reading:
    """A source in the middle of being read. Lives in the process, from one bundle to the next."""

    def __init__(self, lake: Lakehouse, source: Source, options: IngestOptions) -> None:
        self._lake = lake
        self._source = source
        self._options = options
        self._groups: Iterator[list[Range]] = iter(())
        self._synced = 0.0
        self.name = uuid.uuid4().hex
        self.marks = 0
        self.ended = False
        self.holder: FeedReader | None = None

    def begin(self) -> None:
        self._source.rewind()

    def next_group(self) -> list[Range] | None:
        """Ranges of the next batch; None where nothing is there at the moment."""
        self._sync()
        group = next(self._groups, None)
        if group is None:
            self._groups = group_ranges(self._source.poll(), self._options.batch_bytes)
            group = next(self._groups, None)
        if group is None:
            self.ended = not self._options.follow and self._source.exhausted()
        return group

    def close(self) -> None:
        self._source.close()

    def _sync(self) -> None:
        if time.monotonic() - self._synced < SYNC_SECONDS:
            return
        self._synced = time.monotonic()
        awaited = self._source.awaiting()
        if awaited:
            position = positions(self._lake, bronze.EVENTS, self._source.system)
            self._source.committed({split: end for split in awaited if (end := position(split))})


# The source that is being read for each reader of each feed. Beam keeps readers too, but knows them by the bytes of their
# pickled source, which differ from one bundle to the next: a member of a group would leave it before it had joined.
_readings: dict[tuple[str, ...], Reading] = {}
_readings_lock = threading.Lock()


class FeedReader(UnboundedReader):  # type: ignore[misc]
    """Hands out batches of a source; each call of `advance` gives the next one, or says that there is none now."""

    def __init__(self, reading: Reading, entity: str, *, begun: bool) -> None:
        self._reading = reading
        self._entity = entity
        self._begun = begun
        self._plan: BatchPlan | None = None
        self._at = Timestamp.now()
        reading.holder = self

    def start(self) -> bool:
        if not self._begun:
            self._reading.begin()
        return self.advance()

    def advance(self) -> bool:
        group = self._reading.next_group()
        self._at = Timestamp.now()
        if group is not None:
            self._plan = BatchPlan(0, uuid.uuid4().hex, tuple(group), self._entity)
        return group is not None

    def get_current(self) -> BatchPlan:
        assert self._plan is not None
        return self._plan

    def get_current_timestamp(self) -> Timestamp:
        return self._at

    def get_watermark(self) -> Timestamp:
        return MAX_TIMESTAMP if self._reading.ended else self._at

    def get_checkpoint_mark(self) -> ReaderMark:
        self._reading.marks += 1
        return ReaderMark(self._reading.name, self._reading.marks)

    def close(self) -> None:
        """Ends the reading, unless a later reader has taken it over."""
        if self._reading.holder is self:
            self._reading.close()


class FeedSource(UnboundedSource):  # type: ignore[misc]
    """One feed; a feed whose splits a broker hands out may have several readers."""

    def __init__(self, lake: Lakehouse, feed: AnyFeed, options: IngestOptions, index: int = 0) -> None:
        self._lake = lake
        self._feed = feed
        self._options = options
        self._index = index

    def split(self, desired_num_splits: int, options: Any = None) -> list[FeedSource]:
        readers = min(self._feed.readers, desired_num_splits)
        return [FeedSource(self._lake, self._feed, self._options, index) for index in range(max(1, readers))]

    def create_reader(self, options: Any, checkpoint_mark: ReaderMark | None) -> FeedReader:
        identity = (self._lake.root, self._feed.system, str(self._feed), str(self._index))
        with _readings_lock:
            reading = _readings.get(identity)
            stands_there = reading is not None and checkpoint_mark == ReaderMark(reading.name, reading.marks)
            if reading is None or not stands_there:
                if reading is not None:
                    reading.close()
                reading = _readings[identity] = Reading(
                    self._lake, self._feed.open(self._lake, self._options), self._options
                )
            return FeedReader(reading, self._options.legal_entity_id, begun=stands_there)

    def get_checkpoint_mark_coder(self) -> Coder:
        return PickleCoder()

    def default_output_coder(self) -> Coder:
        return PickleCoder()
