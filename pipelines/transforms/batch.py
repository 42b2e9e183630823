"""What travels through the job: a batch of ranges on the way in, what it staged, and what became of it.

The element is a block of data, never a row; after staging only file metadata and key hashes travel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch: every record received was accepted, unmapped, a duplicate or quarantined.

    `rows` counts what was appended to each table; `ends` are the positions up to which each (source, split) is safe.
    """

    number: int
    batch_id: str
    source: str
    started_at: datetime
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
