"""From a figure to what it rests on, and from an event to what it caused: a tree of what the tables say.

Down: figure -> entries -> lines -> obligation -> contract, document, policy -> facts -> event -> record in bronze.
Up: event -> facts -> obligations and entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import bronze, gold, silver

SHOWN = 20
"""How many children of one kind are shown; the rest is counted."""
NOTHING = ("-", "default", "no_service_period", None)


@dataclass(frozen=True)
class Node:
    """One thing and what it rests on or caused; `fields` are what is shown of it."""

    kind: str
    key: str
    fields: dict[str, Any] = field(default_factory=dict)
    children: tuple[Node, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The tree as plain values."""
        told = {name: str(value) for name, value in self.fields.items() if value is not None}
        return {"kind": self.kind, "key": self.key, **told, "because": [child.as_json() for child in self.children]}


def trace_key(lake: Lakehouse, key: str) -> Node:
    """The tree of a key: a journal line or entry, an obligation, contract, document, cash, event, or a figure.

    A figure is account:period or account:period:currency, such as Revenue:2025-01:USD. Raises RtrError UNKNOWN_KEY.
    """
    finders: tuple[Callable[[Lakehouse, str], Node | None], ...] = (
        _figure,
        _line,
        _entry,
        _obligation,
        _contract,
        _object,
        _event,
    )
    for find in finders:
        if (node := find(lake, key)) is not None:
            return node
    raise RtrError(
        "UNKNOWN_KEY",
        f"No journal line, entry, obligation, contract, object or event is known as {key!r}.",
        'Copy a key from a table, such as `rtr sql "select entry_id from gold.journal limit 5"`, or ask Revenue:2025-01.',
    )


def _figure(lake: Lakehouse, key: str) -> Node | None:
    """An account in a period: its entries, the largest first."""
    parts = key.split(":")
    if len(parts) not in (2, 3) or not parts[1][:4].isdigit():
        return None
    try:
        period = date.fromisoformat(parts[1] if len(parts[1]) > 7 else f"{parts[1]}-01")
    except ValueError:
        return None
    lines = lake.scan(gold.JOURNAL).filter(account=parts[0], accounting_period=period)
    if len(parts) == 3:
        lines = lines.filter(currency=parts[2])
    sums = lines.group_by("entry_id", "currency").agg(pl.col("amount").sum()).collect()
    if sums.is_empty():
        return None
    largest = sums.sort(pl.col("amount").abs(), "entry_id", descending=[True, False])
    totals = {
        f"net {c}": amount for c, amount in sums.group_by("currency").agg(pl.col("amount").sum()).sort("currency").rows()
    }
    children = [node for entry in largest.get_column("entry_id")[:SHOWN] if (node := _entry(lake, entry, deep=False))]
    return Node("figure", key, totals | {"entries": sums.height}, (*children, *_more("entry", sums.height)))


def _line(lake: Lakehouse, key: str) -> Node | None:
    found = _rows(lake.scan(gold.JOURNAL).filter(line_id=key))
    if not found:
        return None
    entry = _entry(lake, found[0]["entry_id"])
    return Node("journal line", key, _shown(found[0], _LINE), (entry,) if entry else ())


_LINE = ("account", "currency", "amount", "functional_currency", "functional_amount", "obligation_id")
_ENTRY = (
    *("book", "legal_entity_id", "event_kind", "event_id", "posted_on", "service_period", "accounting_period"),
    *("is_correction", "corrects_entry_id", "policies", "rule_version", "booked_at"),
)


def _entry(lake: Lakehouse, key: str, *, deep: bool = True) -> Node | None:
    """An entry: its lines, the obligations that they are of, and the fact that caused it."""
    lines = _rows(lake.scan(gold.JOURNAL).filter(entry_id=key).sort("account", "obligation_id"))
    if not lines:
        return None
    first = lines[0]
    legs = tuple(Node("line", line["line_id"], _shown(line, _LINE)) for line in lines)
    told = _shown(first, _ENTRY)
    if not deep:
        return Node("entry", key, told, legs)
    obligations = _each(lake, {line["obligation_id"] for line in lines}, _obligation)
    corrected = first["corrects_entry_id"]
    before = (_entry(lake, corrected, deep=False),) if corrected else ()
    caused = _facts(lake, str(first["event_id"]).removesuffix(":unitemised"))
    return Node("entry", key, told, (*legs, *(node for node in before if node), *obligations, *caused))


_OBLIGATION = (
    *("currency", "allocated_amount", "returned_amount", "recognition_method", "service_from", "service_to"),
    *("booked_on", "policy", "product_id", "customer_id"),
)


def _obligation(lake: Lakehouse, key: str) -> Node | None:
    """An obligation: the policy that chose its method, its contract, its document, the line that made it."""
    found = _rows(lake.scan(gold.OBLIGATIONS).filter(obligation_id=key))
    if not found:
        return None
    row = found[0]
    policy = () if row["policy"] in NOTHING else _facts(lake, row["policy"])
    contract = _contract(lake, row["contract_id"], deep=False)
    facts = _facts(lake, row["document_id"])
    line = _by_row_key(lake, silver.DOCUMENT_LINES, row["source_row_key"])
    above = (contract,) if contract else ()
    return Node("obligation", key, _shown(row, _OBLIGATION), (*policy, *above, *facts, *line))


_CONTRACT = ("status", "basis", "customer_id", "currency", "transaction_price", "start_at", "end_at")


def _contract(lake: Lakehouse, key: str, *, deep: bool = True) -> Node | None:
    """A contract: its obligations, and the facts that say how it stands."""
    found = _rows(lake.scan(gold.CONTRACTS).filter(contract_id=key))
    if not found:
        return None
    if not deep:
        return Node("contract", key, _shown(found[0], _CONTRACT))
    ids = lake.scan(gold.OBLIGATIONS).filter(contract_id=key).select("obligation_id").sort("obligation_id").collect()
    names = ids.get_column("obligation_id").to_list()
    children = _each(lake, names[:SHOWN], _obligation)
    return Node(
        "contract", key, _shown(found[0], _CONTRACT), (*_facts(lake, key), *children, *_more("obligation", len(names)))
    )


def _object(lake: Lakehouse, key: str) -> Node | None:
    """An invoice, a payment, any object of silver: the facts about it, and what they caused."""
    facts = _facts(lake, key)
    return Node("object", key, {}, (*facts, *_caused_by(lake, [key]))) if facts else None


def _event(lake: Lakehouse, key: str) -> Node | None:
    """An event of a source, by its id or by source|id: its facts, and what they caused."""
    source, _, event = key.rpartition("|")
    register = lake.scan(silver.SOURCE_EVENTS).filter(source_event_id=event)
    found = _rows(register.filter(source=source) if source else register)
    if not found:
        return None
    row = found[0]
    facts: list[Node] = []
    objects: list[str] = []
    for table in silver.TABLES:
        if table is silver.SOURCE_EVENTS:
            continue
        for fact in _rows(lake.scan(table).filter(source=row["source"], source_event_id=row["source_event_id"])):
            facts.append(Node(table.qualified_name, fact["row_key"], _told(table, fact)))
            objects.append(fact["object_id"])
    children = (*facts, *_caused_by(lake, objects), *_record(lake, row["source"], row["source_event_id"]))
    return Node("event", f"{row['source']}|{row['source_event_id']}", _shown(row, ("event_type", "known_at")), children)


def _caused_by(lake: Lakehouse, objects: list[str]) -> tuple[Node, ...]:
    """Entries that objects caused, by the event or by the document."""
    caused = pl.col("event_id").is_in(objects) | pl.col("document_id").is_in(objects)
    ids = lake.scan(gold.JOURNAL).filter(caused).select("entry_id", "booked_at", "accounting_period").unique().collect()
    ordered = ids.sort("accounting_period", "booked_at", "entry_id").get_column("entry_id").unique(maintain_order=True)
    nodes = (_entry(lake, entry, deep=False) for entry in ordered[:SHOWN])
    return (*(node for node in nodes if node), *_more("entry", len(ordered)))


def _facts(lake: Lakehouse, key: str) -> tuple[Node, ...]:
    """Every row of silver about an object, each with its event and record."""
    found = []
    for table in silver.TABLES:
        if table is not silver.SOURCE_EVENTS:
            found += [(table, row) for row in _rows(lake.scan(table).filter(object_id=key).sort("effective_at", "row_key"))]
    if not found:
        found = [
            (silver.MANUAL_ENTRIES, row)
            for row in _rows(lake.scan(silver.MANUAL_ENTRIES).filter(entry_id=key).sort("row_key"))
        ]
    return (*(_fact(lake, table, row) for table, row in found[:SHOWN]), *_more("fact", len(found)))


def _by_row_key(lake: Lakehouse, table: Table, key: str) -> tuple[Node, ...]:
    return tuple(_fact(lake, table, row) for row in _rows(lake.scan(table).filter(row_key=key)))


def _fact(lake: Lakehouse, table: Table, row: dict[str, Any]) -> Node:
    record = _record(lake, row["source"], row["source_event_id"])
    return Node(table.qualified_name, row["row_key"], _told(table, row), record)


def _record(lake: Lakehouse, source: str, event: str) -> tuple[Node, ...]:
    """The records in bronze that told an event: where they stood."""
    rows = _rows(
        lake.scan(bronze.EVENTS).filter(source=source, source_event_id=event).select("split", "position", "received_at")
    )
    return tuple(Node("record", f"{row['split']}@{row['position']}", _shown(row, ("received_at",))) for row in rows)


def _told(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """What a row of silver says, without what every fact has, but for when."""
    common = {column.name for column in silver.FACT_COLUMNS} - {"effective_at"}
    return {name: value for name, value in row.items() if name not in common and value is not None}


def _each(lake: Lakehouse, keys: Iterable[str], find: Callable[[Lakehouse, str], Node | None]) -> tuple[Node, ...]:
    nodes = (find(lake, key) for key in sorted(key for key in keys if key not in NOTHING))
    return tuple(node for node in nodes if node)


def _more(kind: str, count: int) -> tuple[Node, ...]:
    return (Node("more", f"{count - SHOWN} more of kind {kind}"),) if count > SHOWN else ()


def _shown(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row and row[name] not in (None, "")}


def _rows(frame: pl.LazyFrame) -> list[dict[str, Any]]:
    return frame.collect().to_dicts()
