"""Records that are in memory already, as a source: what quarantine ingests again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from lakehouse.progress import positions
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze
from pipelines.care import Care
from pipelines.feeds import IngestOptions
from pipelines.sources.ranges import Block, LoadedRange, Range
from pipelines.sources.records import from_payloads
from pipelines.sources.source import Behind, SplitState


@dataclass(frozen=True)
class HeldFeed:
    """Payloads of one system under a split of their own: under the same name they are read once, whatever crashed."""

    system: str
    split: str
    payloads: Sequence[bytes]
    readers = 1
    care = Care(held=True)

    def open(self, lake: Lakehouse, options: IngestOptions) -> HeldSource:
        return HeldSource(self, partial(positions, lake, bronze.EVENTS, self.system), options.channel)

    def __str__(self) -> str:
        return self.split


class HeldSource:
    """One split, read whole; the position of a record is its ordinal."""

    def __init__(self, feed: HeldFeed, positions: Callable[[], Callable[[str], int]], channel: str) -> None:
        self._feed = feed
        self._positions = positions
        self._channel = channel
        self._planned = 0

    @property
    def system(self) -> str:
        return self._feed.system

    @property
    def parts(self) -> int:
        return 1

    @property
    def waiting(self) -> list[str]:
        return []

    def rewind(self) -> None:
        self._planned = self._positions()(self._feed.split)

    def poll(self) -> Iterator[Range]:
        start, end = self._planned, len(self._feed.payloads)
        if start >= end:
            return
        self._planned = end
        payloads = list(self._feed.payloads[start:])
        block = Block(from_payloads(payloads, start, self._feed.split), end)
        yield LoadedRange(self.system, self._channel, self._feed.split, start, start, sum(map(len, payloads)), block)

    def exhausted(self) -> bool:
        return self._planned >= len(self._feed.payloads)

    def committed(self, ends: Mapping[str, int]) -> None:
        return None

    def awaiting(self) -> list[str]:
        return []

    def behind(self) -> Behind:
        return Behind(0, "records")

    def describe(self, split: str, position: int) -> SplitState | None:
        return SplitState(len(self._feed.payloads), None, True) if split == self._feed.split else None

    def close(self) -> None:
        return None
