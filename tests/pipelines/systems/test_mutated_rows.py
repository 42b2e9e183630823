"""Whatever the bytes of rows, events and charges: no crash, and every record has exactly one disposition."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping

import polars as pl
import pytest

from pipelines.systems import SYSTEMS
from pipelines.systems.interface import System
from pipelines.systems.mapped import Mapped, load_mapping, read_mapping
from tests.pipelines.systems import cloudevents_records, ecb_records, focus_records
from tests.pipelines.systems.mapped import feeds
from tests.pipelines.systems.mapped.test_read_mapping import EXAMPLES
from tests.pipelines.systems.normalising import Record, block, checked
from tests.pipelines.systems.test_mutated_payloads import MUTATIONS, mutated

SHOP: Mapping[str, Record] = {
    "sale": {"receipt": "R", "time": "05.03.2025 09:14", "article": "A", "amount": "1.249,00 €", "status": "sold"},
    "product": {"article": "A", "name": "Teapot", "cost": "11,20 €"},
    "price": {"article": "A", "purpose": "list", "price": "24,50", "from": "01.01.2025"},
}

CASES: dict[str, tuple[System, Mapping[str, Record]]] = {
    "cloudevents": (SYSTEMS["cloudevents"], cloudevents_records.SOUND),
    "focus": (SYSTEMS["focus"], focus_records.SOUND),
    "ecb": (SYSTEMS["ecb"], ecb_records.SOUND),
    "mapped": (Mapped(read_mapping(feeds.SALES)), feeds.SOUND),
    "shop": (Mapped(load_mapping(EXAMPLES / "shop.yaml")), SHOP),
}


@pytest.mark.parametrize("name", CASES)
def test_mutated_records(name: str) -> None:
    system, sound = CASES[name]
    rng = random.Random(name)
    samples = [json.dumps(record).encode() for record in sound.values()]
    payloads = [mutated(rng.choice(samples), rng) for _ in range(MUTATIONS)]
    together = checked(system.normalise(block(payloads, system.name)), len(payloads)).events
    assert set(together["disposition"]) >= {"mapped", "rejected"}
    for place in rng.sample(range(len(payloads)), 60):
        # A record is judged alone as among others; only equal rows that are counted have ids of their own.
        alone = checked(system.normalise(block([payloads[place]], system.name)), 1).events
        told = pl.all().exclude("source_event_id", "object_id", "content_hash")
        assert alone.select(told).equals(together[place].select(told)), payloads[place]


@pytest.mark.parametrize("name", CASES)
def test_nothing_and_garbage(name: str) -> None:
    system, _ = CASES[name]
    empty = checked(system.normalise(block([], system.name)), 0)
    assert (empty.events.height, empty.facts) == (0, {})
    garbage = [b"\xff", b"{", b"[]", b"1", b'"text"', b"{}", b"null", b"[" * 1000]
    events = checked(system.normalise(block(garbage, system.name)), len(garbage)).events
    assert set(events["disposition"]) == {"rejected"}
