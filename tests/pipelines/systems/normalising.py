"""Shared by the tests of the systems: from records to what became of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from lakehouse.tables import BY_NAME
from pipelines.systems import SYSTEMS
from pipelines.systems.interface import EVENT_SCHEMA, Batch, Normalised

Record = dict[str, Any]

RECEIVED_AT = datetime(2025, 6, 1, 12, tzinfo=UTC)


def block(payloads: Sequence[bytes], source: str) -> Batch:
    records = pl.DataFrame(
        {"split": ["file"] * len(payloads), "position": list(range(len(payloads))), "payload": list(payloads)},
        schema={"split": pl.String, "position": pl.Int64, "payload": pl.Binary},
    )
    return Batch(source, "file", RECEIVED_AT, "default", records)


def normalise_bytes(payloads: Sequence[bytes], source: str = "stripe") -> Normalised:
    """Normalise, and check what holds of every result."""
    return checked(SYSTEMS[source].normalise(block(payloads, source)), len(payloads))


def checked(normalised: Normalised, records: int) -> Normalised:
    """What holds of the result for any records, whatever they are."""
    events = normalised.events
    assert events.schema == EVENT_SCHEMA
    assert events.height == records
    assert set(events.get_column("disposition")) <= {"mapped", "unmapped", "rejected"}
    rejected = events.filter(pl.col("disposition") == "rejected")
    assert rejected.select(pl.col("code", "message", "remedy").null_count()).row(0) == (0, 0, 0)
    sound = events.filter(pl.col("disposition") != "rejected")
    stated = ("source_event_id", "event_type", "object_id", "content_hash", "effective_at", "known_at", "event_month")
    assert sound.select(pl.col(stated).null_count()).row(0) == (0,) * len(stated)
    assert sound.get_column("code").null_count() == sound.height
    assert events.get_column("fact_count").sum() == sum(frame.height for frame in normalised.facts.values())
    for name, frame in normalised.facts.items():
        table = BY_NAME[name]
        assert frame.schema == table.polars_schema()
        assert sum(frame.select(pl.col(table.required_columns).null_count()).row(0)) == 0, name
        # Of two rows of one event with one key silver would keep one, and the event would never be whole.
        assert records > 1 or frame.get_column("row_key").is_unique().all(), name
    return normalised


def normalise(*records: Record, source: str = "stripe") -> Normalised:
    return normalise_bytes([json.dumps(record).encode() for record in records], source)


def rows(normalised: Normalised, table: str) -> list[Record]:
    frame = normalised.facts.get(f"silver.{table}")
    return [] if frame is None else frame.to_dicts()


def row(record: Record, table: str, source: str = "stripe") -> Record:
    """The one row of a table that a record yields."""
    normalised = normalise(record, source=source)
    assert normalised.events.get_column("message").to_list() == [None]
    (only,) = rows(normalised, table)
    return only


def verdict(record: Record, source: str = "stripe") -> tuple[str | None, str | None]:
    """Code and message of one record."""
    events = normalise(record, source=source).events
    return events.get_column("code")[0], events.get_column("message")[0]
