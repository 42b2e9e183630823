"""Quarantine: what was rejected, why, and what to do about it."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.types import Kind

S, T, I, BIN = Kind.STRING, Kind.TIMESTAMP, Kind.INTEGER, Kind.BINARY

REJECTED = Table(
    layer=Layer.QUARANTINE,
    name="rejected",
    description="Records and rows that were not let through, each with a code, a message and a remedy.",
    owner="team:data-platform",
    columns=(
        Column("quarantine_key", S, "Identity: where it was rejected and what.", required=True),
        Column("stage", S, "Where it was rejected.", required=True, allowed=("ingest", "gate")),
        Column("source", S, "System it came from.", required=True),
        Column("split", S, "Part of the source it was read from; the table for a row rejected at a gate.", required=True),
        Column("position", I, "Position within the split; empty for a row rejected at a gate."),
        Column("source_event_id", S, "The system's id of the event, where it could be read."),
        Column("object_id", S, "What the rejected fact is about, where it could be read."),
        Column("row_key", S, "Key of the silver or gold row rejected at a gate."),
        Column("code", S, "Code of the reason; docs/quarantine.md lists them.", required=True),
        Column("message", S, "What is wrong.", required=True),
        Column("remedy", S, "What to do.", required=True),
        Column("content_hash", S, "Hash of the normalised content, where it could be read."),
        Column("accepted_content_hash", S, "For a conflict: hash of the content that stands in silver."),
        Column("rejected_at", T, "When it was rejected.", required=True),
        Column("payload", BIN, "The record as received; empty for a row rejected at a gate."),
    ),
    key=("quarantine_key",),
)

RESOLUTIONS = Table(
    layer=Layer.QUARANTINE,
    name="resolutions",
    description="What was done about a rejected record; a record without one is still waiting.",
    owner="team:data-platform",
    columns=(
        Column("quarantine_key", S, "The rejected record.", required=True),
        Column("outcome", S, "What was done.", required=True, allowed=("replayed", "dismissed")),
        Column("reason", S, "Why, in the words of who did it."),
        Column("author", S, "Who did it."),
        Column("resolved_at", T, "When.", required=True),
    ),
    key=("quarantine_key",),
)

TABLES: tuple[Table, ...] = (REJECTED, RESOLUTIONS)
