"""What a system is: a pure function from a block of records to facts, and the register of what each record was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import polars as pl

from lakehouse.tables.silver import SOURCE_EVENTS

MOMENT = pl.Datetime("us", "UTC")

# One row a record, in the order of the records.
EVENT_SCHEMA = pl.Schema(
    {
        "source_event_id": pl.String(),
        "event_type": pl.String(),
        "object_id": pl.String(),
        "content_hash": pl.String(),
        "disposition": pl.String(),
        "fact_count": pl.Int64(),
        "code": pl.String(),
        "message": pl.String(),
        "remedy": pl.String(),
        "effective_at": MOMENT,
        "known_at": MOMENT,
        "event_month": pl.Date(),
        "source_sequence": pl.Int64(),
        "api_version": pl.String(),
        "legal_entity_id": pl.String(),
    }
)


@dataclass(frozen=True)
class Batch:
    """A block of records of one source. `records` has `split`, `position` and `payload` (bytes, one record a row)."""

    source: str
    channel: str
    received_at: datetime
    legal_entity_id: str
    records: pl.DataFrame


@dataclass(frozen=True)
class Normalised:
    """What became of a block.

    `events` has one row a record (EVENT_SCHEMA): mapped to facts, unmapped (a type that carries none) or rejected
    with code, message and remedy. `facts` are frames in the declared schema of each silver table, by qualified name,
    without `silver.source_events`; a rejected record has none.
    """

    events: pl.DataFrame
    facts: dict[str, pl.DataFrame]


class System(Protocol):
    """A source of events whose records it can read."""

    name: str

    def normalise(self, batch: Batch) -> Normalised:
        """Facts and dispositions of a block. Never raises for what a payload holds."""
        ...


def needs_whole_files(system: System) -> bool:
    """Whether what a record is depends on those before it in its file, so that the file is read in one piece."""
    return bool(getattr(system, "needs_whole_files", False))


def may_be_batched(system: System) -> bool:
    """Whether a line of a file may be an array of records."""
    return bool(getattr(system, "batched", False))


def containers_of(system: System) -> tuple[str, ...]:
    """Paths of the objects within a record that a system reads from, such as data.object."""
    return tuple(getattr(system, "containers", ()))


def register(batch: Batch, normalised: Normalised) -> pl.DataFrame:
    """Rows of `silver.source_events` for the records that were not rejected."""
    accepted = normalised.events.filter(pl.col("disposition") != "rejected")
    return SOURCE_EVENTS.conform(
        accepted.select(
            row_key=pl.format("{}|{}|event", pl.lit(batch.source), "source_event_id"),
            source=pl.lit(batch.source),
            source_event_id="source_event_id",
            source_sequence="source_sequence",
            channel=pl.lit(batch.channel),
            legal_entity_id="legal_entity_id",
            object_id="object_id",
            effective_at="effective_at",
            known_at="known_at",
            ingested_at=pl.lit(batch.received_at),
            operation=pl.lit("assert"),
            content_hash="content_hash",
            event_month="event_month",
            event_type="event_type",
            disposition="disposition",
            fact_count="fact_count",
            api_version="api_version",
        )
    )
