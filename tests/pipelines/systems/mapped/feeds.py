"""Mappings and rows for tests of mapped feeds."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from pipelines.systems.interface import Batch, Normalised
from pipelines.systems.mapped import Mapped, read_mapping
from tests.pipelines.systems.normalising import RECEIVED_AT, Record, checked

SALES = """
name: till
currency: EUR
rows:
  line:
    identity: {by: content, equal_rows: count}
    time: day
    facts:
      - sale_line:
          document: receipt
          product: article
          quantity: quantity
          amount: {multiply: [quantity, price], round: half_even}
"""

SOUND: dict[str, Record] = {
    "sale": {"receipt": "R1", "day": "2025-03-01", "article": "A", "quantity": "2", "price": "1.25"},
    "returned": {"receipt": "R2", "day": "2025-03-02T10:00:00Z", "article": "B", "quantity": "-1", "price": "3.10"},
    "numbers": {"receipt": 3, "day": "2025-03-02", "article": "B", "quantity": 12, "price": 0.05},
}


def mapping_of(kind: str, **top: str) -> str:
    """A mapping with one kind of row, given as YAML that is indented by four."""
    said = "".join(f"{name}: {value}\n" for name, value in ({"name": "test"} | top).items())
    return f"{said}rows:\n  row:\n{kind}"


def column(spec: str, *, name: str = "amount", table: str = "cash", **top: str) -> str:
    """A mapping in which one column of one table is read as `spec` says."""
    columns = {"direction": "{constant: in}", "kind": "{constant: payment}", "status": "{constant: succeeded}"}
    given = "".join(f"          {key}: {value}\n" for key, value in (columns | {"amount": "amount", name: spec}).items())
    kind = (
        "    identity: {by: key, columns: [id]}\n    time: {constant: '2025-01-01'}\n"
        f"    facts:\n      - table: {table}\n        id: id\n        columns:\n{given}"
    )
    return mapping_of(kind, **({"currency": "EUR"} | top))


def normalise(text: str, *records: Record | bytes, splits: list[str] | None = None) -> Normalised:
    """What the records become, with all that holds of every result."""
    payloads = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    places = splits or ["rows.csv@1-1.0"] * len(payloads)
    block = pl.DataFrame(
        {"split": places, "position": list(range(len(payloads))), "payload": payloads},
        schema={"split": pl.String, "position": pl.Int64, "payload": pl.Binary},
    )
    system = Mapped(read_mapping(text))
    return checked(system.normalise(Batch(system.name, "file", RECEIVED_AT, "default", block)), len(payloads))


def amount(spec: str, written: Any, **top: str) -> str | None:
    """How an amount that is written so is read, or the code of its rejection."""
    normalised = normalise(column(spec, **top), {"id": "1", "amount": written})
    code = normalised.events.item(0, "code")
    return str(code) if code else str(normalised.facts["silver.cash"].item(0, "amount"))
