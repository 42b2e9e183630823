"""Bronze: what was received, byte for byte, append-only, fenced by position and not by key."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.types import Kind

S, T, D, I, BIN = Kind.STRING, Kind.TIMESTAMP, Kind.DATE, Kind.INTEGER, Kind.BINARY

EVENTS = Table(
    layer=Layer.BRONZE,
    name="events",
    description="Every record received, in the bytes in which it came.",
    owner="team:data-platform",
    columns=(
        Column("source", S, "System it came from.", required=True),
        Column("split", S, "Part of the source that is read in order: a file, a Kafka partition.", required=True),
        Column("position", I, "Position within the split: a byte offset or a record's ordinal.", required=True),
        Column("received_at", T, "When it was read.", required=True),
        Column("received_day", D, "UTC day of received_at; layout only.", required=True),
        Column("source_event_id", S, "The system's id of the event; empty where it could not be read."),
        Column("event_type", S, "The system's type of the event; empty where it could not be read."),
        Column("content_hash", S, "Hash of the normalised content; empty where it could not be read."),
        Column("message_key", BIN, "Key of the message, where the source has one."),
        Column("headers", S, "Headers of the message as JSON, where the source has any."),
        Column("sent_at", T, "When the source says that it was sent, where it does."),
        Column("payload", BIN, "The record as received.", required=True),
    ),
    key=("source", "split", "position"),
    partition_by=("received_day",),
)

TABLES: tuple[Table, ...] = (EVENTS,)
