"""A system whose records are in Kafka."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from lakehouse.progress import positions
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze
from pipelines.feeds import IngestOptions
from pipelines.sources.kafka.options import KafkaOptions
from pipelines.sources.kafka.source import KafkaSource


@dataclass(frozen=True)
class KafkaFeed:
    """One system and the topics its records are in."""

    system: str
    options: KafkaOptions

    @property
    def readers(self) -> int:
        return self.options.readers

    def open(self, lake: Lakehouse, options: IngestOptions) -> KafkaSource:
        return KafkaSource(
            self.system,
            self.options,
            partial(positions, lake, bronze.EVENTS, self.system),
            range_bytes=options.range_bytes,
            poll_seconds=options.trigger_seconds / 2,
        )

    def __str__(self) -> str:
        return f"{', '.join(self.options.topics)} at {self.options.bootstrap_servers}"
