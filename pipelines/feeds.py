"""What is ingested, and how."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Protocol

from lakehouse.progress import positions
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze
from pipelines.care import NO_CARE, Care
from pipelines.registry import system_of
from pipelines.sources.file_source import FileSource
from pipelines.sources.read_as import UTF8_WITH_COMMAS, ReadAs
from pipelines.sources.source import Source
from pipelines.systems.interface import may_be_batched, needs_whole_files

MEBIBYTE = 1024 * 1024
DEFAULT_ENTITY = "default"
# A batch costs 0.4 s of a processor beside its records, of which 256 MiB cost 4 s.
BULK_MIB, FOLLOWED_MIB = 256, 64


@dataclass(frozen=True)
class IngestOptions:
    """How to ingest. Bulk loads like large batches; what is followed likes a batch every second or less.

    A batch ends at `batch_bytes` or, with `follow`, `trigger_seconds` after the one before, whichever comes first.
    A few batches are in memory at a time (`pipelines.drivers.micro.IN_FLIGHT`).
    What was done is recorded every `record_seconds`.
    """

    batch_bytes: int = BULK_MIB * MEBIBYTE
    range_bytes: int = 64 * MEBIBYTE
    follow: bool = False
    trigger_seconds: float = 1.0
    record_seconds: float = 10.0
    legal_entity_id: str = DEFAULT_ENTITY
    channel: str = "file"


class AnyFeed(Protocol):
    """Something that can be read: one system and where its records are."""

    @property
    def system(self) -> str: ...
    @property
    def readers(self) -> int:
        """How many readers may share it on a cluster: more than one where a broker hands out its parts."""
        ...

    def open(self, lake: Lakehouse, options: IngestOptions) -> Source: ...


@dataclass(frozen=True)
class Feed:
    """One system, the path or pattern its files are at, and what else is to be done with them."""

    system: str
    path: str
    care: Care = NO_CARE
    readers = 1

    def open(self, lake: Lakehouse, options: IngestOptions) -> Source:
        mapping, system = self.care.mapping, system_of(lake, self.system)
        return FileSource(
            self.system,
            self.path,
            options.range_bytes,
            partial(positions, lake, bronze.EVENTS, self.system),
            options.channel,
            ReadAs(
                mapping.csv if mapping else UTF8_WITH_COMMAS,
                needs_whole_files(system),
                may_be_batched(system),
                self.care.scrubbing,
            ),
        )

    def __str__(self) -> str:
        return self.path
