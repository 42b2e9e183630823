"""The columns that every fact has, and how a table of facts is declared."""

from __future__ import annotations

from dataclasses import replace

from lakehouse.table import Column, Layer, Table
from lakehouse.types import Kind

OWNER = "team:data-platform"

FACT_COLUMNS: tuple[Column, ...] = (
    Column("row_key", Kind.STRING, "Identity of the row: source, event id and part, joined by '|'.", required=True),
    Column("source", Kind.STRING, "System that told it, such as stripe or native.", required=True),
    Column("source_event_id", Kind.STRING, "The system's own id of the event.", required=True),
    Column("source_sequence", Kind.INTEGER, "The system's own order of events, where it gives one."),
    Column(
        "channel",
        Kind.STRING,
        "How it came to us.",
        required=True,
        allowed=("webhook", "kafka", "file", "replay", "manual"),
    ),
    Column("legal_entity_id", Kind.STRING, "Whose books.", required=True),
    Column(
        "object_id",
        Kind.STRING,
        "What the fact is about: its key within the source, prefixed by the source.",
        required=True,
    ),
    Column("effective_at", Kind.TIMESTAMP, "When it holds in business.", required=True),
    Column("known_at", Kind.TIMESTAMP, "When the source recorded it; only views 'as known at' read it.", required=True),
    Column("ingested_at", Kind.TIMESTAMP, "When it reached us; no rule ever reads it.", required=True),
    Column("operation", Kind.STRING, "Assert or retract.", required=True, allowed=("assert", "retract")),
    Column("content_hash", Kind.STRING, "Hash of the normalised content of the whole event.", required=True),
    Column("event_month", Kind.DATE, "First day of the UTC month of the source's timestamp; layout only.", required=True),
)


def fact_table(name: str, description: str, *columns: Column) -> Table:
    return Table(
        layer=Layer.SILVER,
        name=name,
        description=description,
        owner=OWNER,
        columns=FACT_COLUMNS + columns,
        key=("row_key",),
        partition_by=("event_month",),
        content_hash="content_hash",
    )


CHANGED_COLUMNS = "changed_columns"


def retractable_table(name: str, description: str, *columns: Column) -> Table:
    """A table of facts that a source may take back by their id alone: what is required is required of an assertion."""
    told = (replace(column, required=False, of_whole=column.required) for column in columns)
    return fact_table(name, description, *told)


def state_table(name: str, description: str, *columns: Column) -> Table:
    """A table of facts in which a row may tell a change instead of a whole state.

    A change feed says which fields it speaks of and leaves the others out. Such a row names its columns in
    `changed_columns` and is empty in all others, which means nothing there: `assets.facts.state` puts the states together.
    """
    return retractable_table(
        name,
        description,
        *columns,
        Column(
            CHANGED_COLUMNS,
            Kind.STRING,
            "Where the row tells a change: the columns it speaks of, comma-separated. Empty: it tells the whole state.",
        ),
    )
