"""Published Shopify payloads: what becomes of each of the files, and of each record in the lists among them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.systems.normalising import normalise_bytes

FOLDERS = ("rest", "orders")

# 189 files as they stand. Test orders and test transactions are unmapped, like all that carries no revenue.
MAPPED = {
    "balance_transaction": 1,
    "customer": 2,
    "draft_order": 3,
    "fulfillment": 2,
    "gift_card": 3,
    "inventory_item": 2,
    "inventory_level": 2,
    "payout": 2,
    "product": 2,
    "variant": 4,
}
REJECTED = {
    "AMOUNTS_DO_NOT_TIE": ["rest/order"],  # three lines of 199.00 and a subtotal of 398.00
    "LIST_OF_RECORDS": 23,
    "MALFORMED_JSON": 2,
    "MISSING_FIELD": ["rest/dispute", "rest/refund", "rest/refund_calculate", "rest/transaction"],
    "NOT_AN_OBJECT": 6,
    "UNKNOWN_TYPE": 17,
}


def files(shared: Path) -> dict[str, bytes]:
    paths = [path for folder in FOLDERS for path in sorted((shared / "data/shopify" / folder).glob("*.json"))]
    return {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in paths}


def singular(key: str) -> str:
    if key.endswith("ies"):
        return key.removesuffix("ies") + "y"
    return key.removesuffix("es") if key.endswith("sses") else key.removesuffix("s")


def records(shared: Path) -> Iterator[bytes]:
    """The elements of the lists, one record each, under the name that a single one has."""
    for payload in files(shared).values():
        try:
            found = json.loads(payload)
        except ValueError:
            continue
        if isinstance(found, list):
            yield from (json.dumps(element).encode() for element in found)
        elif len(found) == 1 and isinstance(next(iter(found.values())), list):
            ((key, elements),) = found.items()
            yield from (json.dumps({singular(key): element}).encode() for element in elements)


def test_every_published_file_is_accounted_for(shared: Path) -> None:
    named = files(shared)
    events = normalise_bytes(list(named.values()), "shopify").events
    assert Counter(events["disposition"]) == {"mapped": 23, "unmapped": 113, "rejected": 53}
    mapped = events.filter(events["disposition"] == "mapped")
    assert Counter(mapped["event_type"]) == MAPPED
    codes: dict[str, list[str]] = {}
    for name, code in zip(named, events["code"], strict=True):
        if code is not None:
            codes.setdefault(code, []).append(name)
    for code, expected in REJECTED.items():
        assert (codes[code] if isinstance(expected, list) else len(codes[code])) == expected, code
    assert set(codes) == set(REJECTED)


def test_every_record_of_the_published_lists_is_accounted_for(shared: Path) -> None:
    events = normalise_bytes(list(records(shared)), "shopify").events
    assert events.height == 189
    assert Counter(zip(events["disposition"], events["code"], strict=True)) == {
        ("mapped", None): 74,
        ("unmapped", None): 99,
        ("rejected", "UNKNOWN_TYPE"): 9,  # 5 tags, 3 listings that name no type, 1 line item's property
        ("rejected", "NOT_AN_OBJECT"): 4,  # ids alone
        ("rejected", "MISSING_FIELD"): 2,  # a dispute of no order, a transaction of 2014 without a currency
        ("rejected", "AMOUNTS_DO_NOT_TIE"): 1,  # an order that was published without its lines
    }
    assert Counter(events.filter(events["disposition"] == "mapped")["event_type"]) == {
        "balance_transaction": 28,
        "customer": 2,
        "dispute": 6,
        "draft_order": 2,
        "gift_card": 3,
        "inventory_item": 6,
        "inventory_level": 10,
        "payout": 9,
        "product": 4,
        "variant": 4,
    }


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rest/order", "order.total_price does not agree with its parts: 409.94 is not 597.00 of lines and 11.94 of tax."),
        ("rest/refund", "refund.refund_line_items[].subtotal is missing or empty."),
        ("rest/transaction", "transaction.currency is missing or empty."),
        ("rest/dispute", "dispute.order_id is missing or empty."),
    ],
)
def test_why_a_published_record_is_rejected(shared: Path, name: str, message: str) -> None:
    events = normalise_bytes([files(shared)[name]], "shopify").events
    assert events["message"].to_list() == [message]
