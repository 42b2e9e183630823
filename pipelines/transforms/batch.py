"""What travels through the job: a batch of ranges on the way in, what it staged, and what became of it.

The element is a block of data, never a row; after staging only file metadata and key hashes travel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from lakehouse.hashing import KeyRecords
from lakehouse.progress import StagedRange
from lakehouse.staging import StagedFile
from pipelines.sources.ranges import Range


@dataclass(frozen=True)
class BatchPlan:
    """Ranges that are read, judged and committed together. `number` counts the batches of a run from 0."""

    number: int
    batch_id: str
    ranges: tuple[Range, ...]
    legal_entity_id: str


@dataclass(frozen=True)
class StagedTable:
    """Files of one table. `known` are keys of rows left out because the table held them; the commit checks that again."""

    files: list[StagedFile]
    known: KeyRecords


@dataclass(frozen=True)
class StagedBatch:
    """Everything that a batch staged, ready to be committed; the records themselves stay in the files."""

    number: int
    batch_id: str
    sources: tuple[str, ...]
    received_at: datetime
    tables: dict[str, StagedTable]
    rejected: list[StagedFile]
    ranges: list[StagedRange]
    received: int
    quarantined: int
    bytes_read: int
    waiting: list[str]


def merge(batches: Sequence[StagedBatch]) -> StagedBatch:
    """Several staged batches as one, so that they are committed together; it begins when the first of them began."""
    first = min(batches, key=lambda batch: batch.received_at)
    tables: dict[str, list[StagedTable]] = defaultdict(list)
    for batch in batches:
        for name, table in batch.tables.items():
            tables[name].append(table)
    return StagedBatch(
        number=first.number,
        batch_id=first.batch_id,
        sources=tuple(dict.fromkeys(source for batch in batches for source in batch.sources)),
        received_at=first.received_at,
        tables={
            name: StagedTable([file for part in parts for file in part.files], np.concatenate([p.known for p in parts]))
            for name, parts in tables.items()
        },
        rejected=[file for batch in batches for file in batch.rejected],
        ranges=[item for batch in batches for item in batch.ranges],
        received=sum(batch.received for batch in batches),
        quarantined=sum(batch.quarantined for batch in batches),
        bytes_read=sum(batch.bytes_read for batch in batches),
        waiting=[text for batch in batches for text in batch.waiting],
    )


@dataclass(frozen=True)
class CommittedRows:
    """Rows of one table that a commit really appended."""

    table: str
    rows: pl.DataFrame


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch: every record received was accepted, unmapped, a duplicate or quarantined.

    `rows` counts what was appended to each table; `ends` are the positions up to which each (source, split) is safe;
    `behind` is how many bytes or messages were known to be waiting.
    """

    number: int
    batch_id: str
    source: str
    started_at: datetime
    commit_started_at: datetime
    finished_at: datetime
    bytes_read: int
    received: int
    accepted: int
    unmapped: int
    duplicate: int
    quarantined: int
    waiting: list[str]
    rows: dict[str, int]
    ends: dict[tuple[str, str], int]
    behind: int = 0

    @property
    def batch_seconds(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def commit_seconds(self) -> float:
        return (self.finished_at - self.commit_started_at).total_seconds()
