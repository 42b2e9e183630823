"""gold.live_sales counted row by row in plain Python, from every row of silver and what the last refresh found."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from assets.live.figures import VALUES
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver
from tests.assets.revenue_facts import Row, frames

TABLES = {table.name: table for table in silver.TABLES}
BELIEVED = {"document": ("stripe", "shopify", "netsuite"), "cash": ("stripe", "shopify", "netsuite")}
Key = tuple[Any, ...]


def told(lake: Lakehouse, rows: list[Row]) -> None:
    for name, frame in frames(rows).items():
        lake.append(TABLES[name], frame)


def stored(lake: Lakehouse) -> dict[Key, tuple[Any, ...]]:
    rows = lake.scan(gold.LIVE_SALES).collect()
    assert rows.select(gold.LIVE_SALES.key).is_unique().all()
    assert (rows.get_column("day") == rows.get_column("minute").dt.date()).all()
    return {row[:5]: row[5:] for row in rows.select(*gold.LIVE_SALES.key, *VALUES).iter_rows()}


def counted_by_hand(lake: Lakehouse) -> dict[Key, tuple[Any, ...]]:
    """Row by row in plain Python, from every row of silver."""
    rows = {table.name: lake.scan(table).collect().to_dicts() for table in silver.TABLES}
    sums: dict[Key, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, 0, 0])

    def count(minute: datetime, *key: Any, place: int, amount: Decimal, number: int) -> None:
        total = sums[minute.replace(second=0, microsecond=0), *key]
        total[place] += amount
        total[place + 1] += number

    idle = idle_copies(lake, rows)
    for document in last_of(rows["documents"]):
        if ("document", document["object_id"]) in idle:
            continue
        if document["kind"] == "invoice" and document["status"] in ("open", "paid", "uncollectible"):
            for line in lines_of(document["object_id"], rows):
                key = (document["legal_entity_id"], line["currency"], line["product_id"] or "-", "-")
                count(document["issued_at"], *key, place=0, amount=line["amount"], number=1)
    for refund in last_of([row for row in rows["cash"] if row["kind"] == "refund"]):
        if refund["status"] == "succeeded" and ("cash", refund["object_id"]) not in idle:
            key = (refund["legal_entity_id"], refund["currency"], "-", "-")
            count(refund["effective_at"], *key, place=2, amount=refund["amount"], number=1)
    for event in rows["usage"]:
        sign = 1 if event["operation"] == "assert" else -1
        key = (event["legal_entity_id"], event["currency"], event["product_id"] or "-", event["meter"])
        count(event["effective_at"], *key, place=4, amount=sign * event["quantity"], number=sign)
    return {key: tuple(total) for key, total in sums.items() if any(total)}


def last_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_object: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_object[row["object_id"]].append(row)
    latest = [max(of, key=order) for of in by_object.values()]
    return [row for row in latest if row["operation"] == "assert"]


def order(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["effective_at"], row["source_sequence"] or -1, row["known_at"], row["row_key"]


def lines_of(document: str, rows: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Lines of the latest event of the document that brought any, else the latest of each line."""
    mine = [row for row in rows["document_lines"] if row["document_id"] == document]
    events = {row["source_event_id"] for row in mine}
    with_lines = [
        row
        for row in rows["documents"]
        if row["object_id"] == document and row["operation"] == "assert" and row["source_event_id"] in events
    ]
    if not with_lines:
        return last_of(mine)
    event = max(with_lines, key=order)["source_event_id"]
    return [row for row in mine if row["source_event_id"] == event and row["operation"] == "assert"]


def idle_copies(lake: Lakehouse, rows: dict[str, list[dict[str, Any]]]) -> set[tuple[str, str]]:
    """Copies that the last refresh found, and those that give way to one whose id they state, or that states theirs."""
    copies = lake.scan(gold.SALE_COPIES).collect().to_dicts()
    idle = {(copy["object_kind"], copy["object_id"]) for copy in copies if not copy["counts"]}
    refunds = [row for row in rows["cash"] if row["kind"] == "refund"]
    of_kind = {"document": rows["documents"], "cash": refunds}
    standing = {
        (kind, row["object_id"]): row
        for kind, told_of in of_kind.items()
        for row in last_of(told_of)
        if row["status"] in ("succeeded", "open", "paid", "uncollectible", "void")
    }
    for reference in references_in_force(rows["external_references"], of_kind):
        kind, bearer = reference["object_kind"], reference["object_id"]
        named = f"{reference['reference_system']}:{reference['reference']}"
        sides = [standing.get((kind, name)) for name in (bearer, named)]
        if None in sides or reference["relation"] == "names" or (kind == "cash" and reference["relation"] != "same_as"):
            continue
        one, other = ((place(lake, kind, name, rows["policies"], sides), name) for name in (bearer, named))
        if sides[0]["kind"] == sides[1]["kind"] and one[0] != other[0]:  # type: ignore[index]
            idle.add((kind, max(one, other)[1]))
    return idle


def place(lake: Lakehouse, kind: str, name: str, policies: list[dict[str, Any]], sides: list[Any]) -> int:
    """How far down the systems are believed that of an object stands, at the time of the first of two."""
    first = min(side.get("issued_at") or side["effective_at"] for side in sides)
    ours = [policy for policy in last_of(policies) if policy["effective_from"] <= first]
    order: tuple[str, ...] = BELIEVED[kind]
    for wanted in ("system_precedence", f"system_precedence_{kind}"):  # the narrower one is believed
        of_name = [policy for policy in ours if policy["name"] == wanted]
        if of_name:
            order = tuple(max(of_name, key=lambda policy: policy["effective_from"])["value"].split(","))
    return order.index(name.partition(":")[0])


def references_in_force(references: list[dict[str, Any]], of_kind: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Those of the latest event of each object that brought any; of those told alone the latest assertion."""
    events = {(kind, row["object_id"], row["source_event_id"]) for kind, rows in of_kind.items() for row in rows}
    by_object: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    alone: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in references:
        about = (row["object_kind"], row["object_id"])
        if (*about, row["source_event_id"]) in events:
            by_object[about].append(row)
        else:
            alone[*about, row["relation"], row["reference_system"], row["reference"]].append(row)
    found = []
    for rows in by_object.values():
        last = max((row for row in rows if row["operation"] == "assert"), key=order, default=None)
        event = last and last["source_event_id"]
        found += [row for row in rows if row["source_event_id"] == event and row["operation"] == "assert"]
    return found + [row for row in (max(rows, key=order) for rows in alone.values()) if row["operation"] == "assert"]
