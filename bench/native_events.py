"""Valid native events of every silver table, made fast, for benchmarks: the engine alone is to be measured."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from lakehouse.table import Column, Table
from lakehouse.tables import silver
from lakehouse.types import Kind
from pipelines.systems.native import ENGINE_COLUMNS

FACT_TABLES = tuple(table for table in silver.TABLES if table is not silver.SOURCE_EVENTS)
# Of a hundred events so many are usage and so many payments; the others are shared by all other tables.
USAGE, CASH = 50, 15
ID, MOMENT = "@id@", "@moment@"


def template(table: Table) -> tuple[str, ...]:
    """An event with every column that a whole state must have, as the pieces of text between id, object id and moments."""
    event = {"table": table.name, "source_event_id": ID, "object_id": ID}
    for column in table.columns:
        if column.needed and column.name not in ENGINE_COLUMNS and column.name not in (*event, "known_at"):
            event[column.name] = _value(column)
    return tuple(json.dumps(event, separators=(",", ":")).split(ID))


def _value(column: Column) -> str:
    if column.allowed:
        return column.allowed[0]
    if column.name == "currency" or column.name.endswith("_currency"):
        return "USD"
    numbers = dict.fromkeys((Kind.MONEY, Kind.RATE, Kind.INTEGER), "1")
    values = numbers | {Kind.TIMESTAMP: MOMENT, Kind.DATE: "2026-01-01", Kind.BOOLEAN: "true"}
    return values.get(column.kind, f"{column.name}-1")


class EventMaker:
    """Lines of events in a fixed mix; a number names each event."""

    def __init__(self) -> None:
        others = [table for table in FACT_TABLES if table not in (silver.USAGE, silver.CASH)]
        hundred = [silver.USAGE] * USAGE + [silver.CASH] * CASH
        hundred += [others[n % len(others)] for n in range(100 - len(hundred))]
        # Spread, so that any hundred events in a row have the mix.
        self._templates = [template(hundred[(n * 37) % 100]) for n in range(100)]

    def lines(self, batch: str, count: int, moment: datetime | None = None) -> bytes:
        """`count` lines whose event ids are `<batch>-<n>`, all of one moment (now where none is given)."""
        at = (moment or datetime.now(UTC)).isoformat(timespec="milliseconds")
        pieces = [tuple(piece.replace(MOMENT, at) for piece in parts) for parts in self._templates]
        text = [f"{batch}-{n}".join(pieces[n % 100]) for n in range(count)]
        text.append("")
        return "\n".join(text).encode()
