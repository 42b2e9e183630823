"""Sales as several systems tell them, for the tests of the links: short names for what a system says."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import polars as pl

from assets.facts.admission import admit
from assets.links.linked import Links, link
from tests.assets.revenue_facts import Row, cash, fact, frames, invoice

ADA = "ada@example.com"


def customer(object_id: str, email: str | None = ADA, name: str | None = None, at: str = "2023-01-01") -> Row:
    return fact("customers", object_id, at, email=email, name=name)


def bill(object_id: str, day: str, amount: str, buyer: str | None, **columns: Any) -> list[Row]:
    """A finalised invoice or order of one line; the line falls into no service period unless `served` says so."""
    start, end = columns.pop("served", (None, None))
    return invoice(object_id, day, [(amount, start, end)], customer_id=buyer, **columns)


def paid(object_id: str, day: str, amount: str, buyer: str | None = None, **columns: Any) -> Row:
    return cash("payment", object_id, day, amount, customer_id=buyer, **columns)


def applied(cash_id: str, document_id: str, day: str, amount: str) -> Row:
    name = f"{cash_id}>{document_id}"
    stated = {"cash_id": cash_id, "document_id": document_id, "amount": Decimal(amount), "currency": "USD"}
    return fact("cash_applications", name, day, **stated)


def says(
    object_id: str,
    reference: str,
    *,
    system: str | None = None,
    kind: str = "object_id",
    of: str = "document",
    relation: str = "same_as",
    at: str = "2024-01-01",
) -> Row:
    """What a system says of the identity of one of its objects."""
    event = f"{object_id}:{relation}:{system}:{kind}:{reference}"
    stated = {"relation": relation, "reference_system": system, "reference_kind": kind, "reference": reference}
    return fact("external_references", object_id, at, event=event, object_kind=of, **stated)


def policy(value: str, *, name: str = "system_precedence", scope: str = "*", since: str = "2020-01-01") -> Row:
    stated = {"value": value, "effective_from": since, "adoption": "new_contracts", "approver": "bob"}
    return fact("policies", f"policy:{name}:{scope}:{since}", since, scope=scope, name=name, **stated)


def linked(rows: Iterable[Row]) -> Links:
    return link(admit(frames(rows)))


def copies(found: Links, kind: str = "document") -> set[tuple[str, str]]:
    """Each copy and what it points at."""
    rows = found.transactions.filter(link_kind="copy_of", from_kind=kind)
    return set(rows.select("from_object_id", "to_object_id").iter_rows())


def derived(found: Links, kind: str, of: str) -> set[tuple[str, str]]:
    rows = found.transactions.filter(link_kind="derives_from", from_kind=kind, to_kind=of)
    return set(rows.select("from_object_id", "to_object_id").iter_rows())


def left_out(found: Links) -> set[str]:
    """Copies that the books do not count."""
    return set(found.copies.filter(~pl.col("counts")).get_column("object_id"))


def disagreements(found: Links) -> set[tuple[str, str, str | None]]:
    """Kind, the one and the other of every exception."""
    return set(found.exceptions.select("kind", "object_id", "other_object_id").iter_rows())
