"""The register of events."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table
from lakehouse.types import Kind

S, I = Kind.STRING, Kind.INTEGER

SOURCE_EVENTS = fact_table(
    "source_events",
    "Register of every event once: what it was and whether it carries revenue facts.",
    Column("event_type", S, "The source's type of the event.", required=True),
    Column(
        "disposition", S, "Mapped to facts, or of a type that carries none.", required=True, allowed=("mapped", "unmapped")
    ),
    Column("fact_count", I, "How many rows it yields in the other silver tables.", required=True),
    Column("api_version", S, "Version of the source's interface that shaped it."),
)
