"""Two deliveries of one event have one hash; another content has another, and no version or machine changes it."""

from __future__ import annotations

import copy
import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.systems.hashing import canonical_json, canonical_records
from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.normalising import Record, normalise, normalise_bytes

UNMAPPED = stripe.event(
    "payment_intent.succeeded", {"id": "pi_1", "object": "payment_intent", "amount": 5, "metadata": {"b": 1, "a": 2}}
)

# Stored hashes must be found again by every later version: a change here makes conflicts of all events that come twice.
FROZEN = {
    "customer": "df31054ced1965cf0db9840f19e3d061",
    "product": "d6d41d548b698ccfcbb24e61c67e6889",
    "price": "2e5f3d757138e91baedd44dadf326c5e",
    "plan": "5a6e196e1c5f7341df49ae3c7cc9e0a1",
    "subscription": "5c5fa9347e1f211ec0e81d0070b87cb5",
    "new subscription": "bcdffb4ff1bfffb339af034537a58bee",
    "invoice": "028ff7ca4191ac36916af8a0b75227f0",
    "new invoice": "c9d74426c4318fdbffb6898e747623f6",
    "credit note": "844b66a2758b55140095952e393eb9d5",
    "new credit note": "844b66a2758b55140095952e393eb9d5",
    "invoice payment": "924f21eb64b4c7cd48e43121be5c99d9",
    "charge": "1e6a1cb78a78a19b3adb84b8e230fb2f",
    "refunded charge": "aaae5f1b0a06599ee24c9723da0095b1",
    "refund": "e6fb7cd9006ee79c65c3989baa90196f",
    "dispute": "0f17af681551f545b0b5facc815c7457",
    "unmapped": "abc978dfc40aa9af957bd306a10f3c55",
}


def content_hash(record: Record) -> str:
    (found,) = normalise(record).events.get_column("content_hash").to_list()
    assert isinstance(found, str)
    assert len(found) == 32
    return found


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: reversed_keys(value[name]) for name in reversed(value)}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", [*stripe.SOUND, "unmapped"])
def test_a_second_delivery_has_the_same_hash(name: str) -> None:
    record = UNMAPPED if name == "unmapped" else stripe.SOUND[name]
    again = reversed_keys(record | {"pending_webhooks": 0, "request": None})
    spaced = json.dumps(again, indent=3, ensure_ascii=False).encode()
    assert normalise_bytes([spaced]).events.get_column("content_hash").to_list() == [content_hash(record)]


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("invoice", ("data", "object", "lines", "data", 0, "amount"), 3_001),
        ("invoice", ("data", "object", "lines", "data", 0, "period", "end"), stripe.FEBRUARY + 1),
        ("invoice", ("data", "object", "status_transitions", "finalized_at"), stripe.JANUARY),
        ("invoice", ("data", "object", "charge"), "ch_2"),
        ("invoice", ("type",), "invoice.updated"),
        ("invoice", ("created",), stripe.JANUARY + 61),
        ("charge", ("data", "object", "amount_captured"), 2_999),
        ("charge", ("created",), stripe.JANUARY + 61),
        ("charge", ("data", "object", "customer"), None),
        ("subscription", ("data", "object", "items", "data", 0, "quantity"), 3),
        ("subscription", ("data", "previous_attributes", "status"), "past_due"),
        ("dispute", ("data", "object", "status"), "lost"),
        ("customer", ("data", "object", "name"), ""),
        ("customer", ("data", "object", "name"), None),
    ],
)
def test_another_value_has_another_hash(name: str, path: tuple[str | int, ...], value: Any) -> None:
    changed: Any = copy.deepcopy(stripe.SOUND[name])
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert content_hash(changed) != content_hash(stripe.SOUND[name])


def test_another_object_of_an_unmapped_type_has_another_hash() -> None:
    other = copy.deepcopy(UNMAPPED)
    other["data"]["object"]["metadata"]["a"] = 3
    assert content_hash(other) != content_hash(UNMAPPED)


def test_no_value_can_pass_for_two() -> None:
    """Separators of the hashed text within a value."""
    names = ["Ada", "Ada\x1femail\x1ea@example.com", "Ada\x1b3email\x1b2a@example.com", "Ada\x1b", "Ada\x1b0", "Ada\\"]
    events = [stripe.event("customer.created", stripe.customer(name=name, email=None)) for name in names]
    hashes = [content_hash(event) for event in (*events, stripe.event("customer.created", stripe.customer()))]
    assert len(set(hashes)) == len(hashes)


def test_a_hash_does_not_depend_on_the_block() -> None:
    events = list(stripe.SOUND.values())
    together = normalise(*events, *reversed(events)).events.get_column("content_hash").to_list()
    alone = [content_hash(event) for event in events]
    assert together == alone + alone[::-1]


@pytest.mark.parametrize("name", [*stripe.SOUND, "unmapped"])
def test_hashes_are_frozen(name: str) -> None:
    assert content_hash(UNMAPPED if name == "unmapped" else stripe.SOUND[name]) == FROZEN[name]


TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from('\\"/\x7f\u2028é😀ab{}[]:,01.eE-')), max_size=8
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-5, 5) | st.floats() | st.floats(-2, 2) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]), st.sampled_from([(), ("a",), ("a", "b")]))
def test_a_record_has_one_spelling_whichever_parser_reads_it(
    value: Any, ascii_only: bool, indent: int | None, at: Any
) -> None:
    record = json.dumps({"a": {"b": value}, "c": value}, ensure_ascii=ascii_only, indent=indent)
    assert canonical_records(pl.Series([record]), at) == [canonical_json(record, at)]


@pytest.mark.parametrize(
    "record",
    [
        '{"a":-0}',
        '{"a": \t1E5}',
        "[1,\n 1.50]",
        '{"a":18446744073709551616}',
        '{"a":9223372036854775808}',
        '{"a":123456789012345678}',
        '{"a":NaN}',
        '{"a":1,"a":2}',
        '{"\uffff":4,"\U0001f600":3,"é":1}',
        '{"a":"\x01"}',
        '{"a":"\x7f"}',
        "[" * 300 + "]" * 300,
        "[" * 5000 + "]" * 5000,
        "[",
    ],
)
def test_what_parsers_dispute_has_one_spelling(record: str) -> None:
    assert canonical_records(pl.Series([record]), ()) == [canonical_json(record, ())]
