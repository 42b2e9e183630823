"""The same example told otherwise: scaled, moved in time, renamed, reordered, in pieces.

What must scale scales, what must not change does not. Works on silver rows and gold tables alone, so it holds for every
adapter.
"""

from __future__ import annotations

import json
import random
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from lakehouse.tables import silver
from lakehouse.types import Kind
from tests.assets.revenue_facts import Row
from tests.vectors.example import Books

TABLES = {table.name: table for table in silver.TABLES}
# Rates that are amounts of money, by column; other rates are quantities and shares.
PRICES = ("unit_price", "ssp", "unit_amount", "low", "high", "unit_cost")
YEARS = 4
"""Leap years recur every four years between 1901 and 2099."""
# Columns that hold no object id of the example.
NO_NAMES = {"source", "channel", "currency", "content_hash", "operation", "legal_entity_id"}


def scaled(rows: list[Row], factor: int) -> list[Row]:
    """Every amount of money times a factor; quantities stay."""
    return [(table, {name: _scaled(table, name, value, row, factor) for name, value in row.items()}) for table, row in rows]


def _scaled(table: str, name: str, value: Any, row: dict[str, Any], factor: int) -> Any:
    declared = {c.name: c.kind for c in TABLES[table].columns}
    money = table == "estimates" and row.get("currency") is not None
    if name == "scenarios" and value and money:
        return json.dumps([s | {"value": str(Decimal(str(s["value"])) * factor)} for s in json.loads(value)])
    if not isinstance(value, Decimal):
        return value
    priced = name in PRICES or (money and name in ("value", "constrained_value"))
    return value * factor if declared[name] is Kind.MONEY or priced else value


def later(rows: list[Row]) -> list[Row]:
    """Every moment four years later."""
    return [(table, {name: _later(value, YEARS) for name, value in row.items()}) for table, row in rows]


def _later(value: Any, years: int) -> Any:
    if isinstance(value, datetime | date) and value.year + years < 2100:
        return value.replace(year=value.year + years)
    return value


def earlier(books: Books) -> Books:
    """Gold four years earlier."""
    return {
        name: frame.with_columns(
            pl.col(c) - YEARS if c == "year" else pl.col(c).dt.offset_by(f"-{YEARS}y")
            for c, kind in frame.schema.items()
            if kind in (pl.Date, pl.Datetime("us", "UTC")) or c == "year"
        )
        for name, frame in books.items()
    }


def renamed(rows: list[Row]) -> tuple[list[Row], dict[str, str]]:
    """Every object under another name, in the reverse order of names; with the way back."""
    objects = sorted({row["object_id"] for _, row in rows}, reverse=True)
    names = {name: f"test:{number:05d}" for number, name in enumerate(objects)}
    return [(table, {column: _named(column, value, names) for column, value in row.items()}) for table, row in rows], {
        new: old for old, new in names.items()
    }


def _named(column: str, value: Any, names: dict[str, str]) -> Any:
    if not isinstance(value, str) or column in NO_NAMES:
        return value
    return names.get(value) or ",".join(names.get(part, part) for part in value.split(","))


def named_back(books: Books, names: dict[str, str]) -> Books:
    """Gold under the names of before."""
    return {
        name: frame.with_columns(
            pl.col(c).replace(names) for c, kind in frame.schema.items() if kind == pl.String and c not in NO_NAMES
        )
        for name, frame in books.items()
    }


def batches(rows: list[Row], seed: int) -> list[list[Row]]:
    """The events shuffled and cut into three; each batch holds all that has arrived by then."""
    chance = random.Random(seed)
    events: dict[str, list[Row]] = {}
    for row in rows:
        events.setdefault(row[1]["source_event_id"], []).append(row)
    arriving = list(events.values())
    chance.shuffle(arriving)
    cuts = sorted(chance.randrange(0, len(arriving) + 1) for _ in range(2))
    return [[row for event in arriving[:cut] for row in event] for cut in (*cuts, len(arriving))]
