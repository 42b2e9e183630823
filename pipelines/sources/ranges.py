"""What a source hands to the job: ranges of records that are read, judged and committed together.

A range is a block of one split, the part of a source that is read in order: a file, a partition of a topic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl

# `payload` is the record as received, `position` its place in the split.
# A source may add `message_key` (binary), `headers` (JSON text) and `sent_at` (UTC microseconds).
RECORD_SCHEMA = {"split": pl.String, "position": pl.Int64, "payload": pl.Binary}


@dataclass(frozen=True)
class Block:
    """Records of one range, the position at which reading goes on, and what could not be read yet.

    `waiting` says in a sentence why the range ends before its source: a record that is still being written,
    an archive that is cut off.
    """

    records: pl.DataFrame
    end: int
    waiting: str | None = None


class Range(Protocol):
    """Records of one split from `start` on.

    `follows` is the position that the range continues: the commit refuses a range that would leave out what
    lies between the committed position and `follows`. It is `start`, or less where the source itself has no
    records in between (a topic that forgot them, a start at the latest message). `weight` is its size in bytes,
    as far as it is known before it is read.
    """

    @property
    def system(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def split(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def follows(self) -> int: ...
    @property
    def weight(self) -> int: ...
    def read(self) -> Block:
        """The records. Raises RtrError INPUT_UNREADABLE where they cannot be read at all."""
        ...


@dataclass(frozen=True)
class LoadedRange:
    """A range whose records are in memory already, as a message queue delivers them."""

    system: str
    channel: str
    split: str
    start: int
    follows: int
    weight: int
    block: Block

    def read(self) -> Block:
        return self.block


def group_ranges(ranges: Iterable[Range], batch_bytes: int) -> Iterator[list[Range]]:
    """Batches of ranges of about `batch_bytes`; small ranges share a batch."""
    batch: list[Range] = []
    held = 0
    for item in ranges:
        if batch and held + item.weight > batch_bytes:
            yield batch
            batch, held = [], 0
        batch.append(item)
        held += item.weight
    if batch:
        yield batch
