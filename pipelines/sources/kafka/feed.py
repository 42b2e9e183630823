"""A system whose records are in Kafka."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from lakehouse.errors import RtrError
from lakehouse.progress import positions
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze
from pipelines.care import NO_CARE, Care
from pipelines.feeds import IngestOptions
from pipelines.registry import system_of
from pipelines.sources.kafka.options import KafkaOptions
from pipelines.sources.kafka.source import KafkaSource
from pipelines.systems.interface import needs_whole_files


@dataclass(frozen=True)
class KafkaFeed:
    """One system and the topics its records are in."""

    system: str
    options: KafkaOptions
    care: Care = NO_CARE

    @property
    def readers(self) -> int:
        return self.options.readers

    def open(self, lake: Lakehouse, options: IngestOptions) -> KafkaSource:
        """Raises RtrError NEEDS_FILES for a mapping that counts the equal rows of a file."""
        if needs_whole_files(system_of(lake, self.system)):
            raise RtrError(
                "NEEDS_FILES",
                f"{self.system} counts equal rows within a file, and a topic has none.",
                "Identify its rows by key or by file_and_ordinal (here: partition and offset).",
            )
        return KafkaSource(
            self.system,
            self.options,
            partial(positions, lake, bronze.EVENTS, self.system),
            range_bytes=options.range_bytes,
            poll_seconds=options.trigger_seconds / 2,
            privacy=self.care.scrubbing,
        )

    def __str__(self) -> str:
        return f"{', '.join(self.options.topics)} at {self.options.bootstrap_servers}"
