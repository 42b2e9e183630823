"""What the user's own metadata says of an object's identity elsewhere; nothing else in it is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.systems.references import metadata_references, reference

AT = datetime(2025, 1, 1, tzinfo=UTC)


def told(metadata: Any, kind: str = "document") -> list[tuple[str, str | None, str, str]]:
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    rows = pl.DataFrame({"_row": [0], "object_id": ["stripe:in_1"], "effective_at": [AT], "metadata": [text]})
    facts = metadata_references(rows, kind)
    if not facts:
        return []
    (fact,) = facts
    assert fact.rows["part"].is_unique().all()
    return fact.rows.select("relation", "reference_system", "reference_kind", "reference").rows()


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"order_id": "17"}, ("names", None, "order_id", "17")),
        ({"orderId": 17}, ("names", None, "order_id", "17")),
        ({"Order Number": " A 17, second "}, ("names", None, "order_number", "A 17, second")),
        ({"invoice_no": "R-1"}, ("names", None, "invoice_number", "R-1")),
        ({"shopify_order_id": "820982911946154508"}, ("derives_from", "shopify", "order_id", "820982911946154508")),
        ({"salesforceOpportunityId": "006x"}, ("derives_from", "salesforce", "opportunity_id", "006x")),
        ({"hubspot.ticket.id": "5"}, ("names", "hubspot", "ticket_id", "5")),
        ({"deep": {"external_ref": "x-1"}}, ("names", None, "external_ref", "x-1")),
    ],
)
def test_a_key_that_ends_like_an_identity_is_read(metadata: Any, expected: tuple[str, str | None, str, str]) -> None:
    assert told(metadata) == [expected]


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        None,
        {"paid": "yes", "grid": "3", "void": True, "note": 'the "order_id": "17" of old'},
        {"order_id": None, "order_number": "", "invoice_id": {"a": 1}, "quote_id": [1], "deal_id": 1.5e9},
        {"order_id": "x" * 121},
        "not json",
    ],
)
def test_anything_else_is_not(metadata: Any) -> None:
    assert told(metadata) == []


def test_what_follows_from_what() -> None:
    """A deal leads to a contract, that to an invoice, that to cash; the other way nothing is derived."""
    deal, invoice = {"hubspot_deal_id": "1"}, {"netsuite_invoice_id": "1"}
    assert [told(deal, kind)[0][0] for kind in ("contract", "cash", "customer")] == [
        "derives_from",
        "derives_from",
        "names",
    ]
    assert [told(invoice, kind)[0][0] for kind in ("contract", "document", "cash")] == ["names", "same_as", "derives_from"]


def test_each_pair_counts_once_in_an_order_of_its_own() -> None:
    assert told('{"b_id": "2", "a_id": "1", "x": {"a_id": "1"}}') == told('{"a_id": "1", "b_id": "2"}')


def test_an_empty_field_says_nothing() -> None:
    rows = pl.DataFrame(
        {"_row": [0, 1, 2], "object_id": ["a", "b", "c"], "effective_at": [AT] * 3, "email": [" ", None, " x@y "]}
    )
    fact = reference(rows, "customer", "same_as", "email", "email")
    assert fact.rows.select("object_id", "reference").rows() == [("c", "x@y")]
