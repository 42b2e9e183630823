"""The same as `test_mutated_payloads` for the systems of sales and accounting: whatever the bytes, no crash, and every
record has exactly one disposition, whatever its neighbours are."""

from __future__ import annotations

import json
import random

import pytest

from tests.pipelines.systems import hubspot_records, netsuite_records, quickbooks_records, salesforce_records, xero_records
from tests.pipelines.systems.normalising import Record, normalise_bytes
from tests.pipelines.systems.test_mutated_payloads import MUTATIONS, mutated

SOUND: dict[str, dict[str, Record]] = {
    "salesforce": salesforce_records.SOUND,
    "hubspot": hubspot_records.SOUND,
    "quickbooks": quickbooks_records.SOUND,
    "xero": xero_records.SOUND,
    "netsuite": netsuite_records.SOUND,
}


@pytest.mark.parametrize("source", SOUND)
def test_sound_records_are_mapped(source: str) -> None:
    events = normalise_bytes([json.dumps(record).encode() for record in SOUND[source].values()], source).events
    assert set(events["disposition"]) == {"mapped"}


@pytest.mark.parametrize("source", SOUND)
def test_mutated_records_are_judged_alone_as_among_others(source: str) -> None:
    rng = random.Random(7)
    samples = [json.dumps(record).encode() for record in SOUND[source].values()]
    payloads = [mutated(rng.choice(samples), rng) for _ in range(MUTATIONS)]
    together = normalise_bytes(payloads, source)
    once = together.events.filter(together.events["source_event_id"].is_unique()).select("source_event_id")
    for name, frame in together.facts.items():
        assert frame.join(once, on="source_event_id", how="semi")["row_key"].is_unique().all(), name
    assert 0 < (together.events["disposition"] == "rejected").sum() < MUTATIONS
    for place in rng.sample(range(MUTATIONS), 60):
        alone = normalise_bytes([payloads[place]], source).events
        assert alone.equals(together.events[place]), payloads[place]


@pytest.mark.parametrize("source", SOUND)
def test_the_order_of_records_does_not_matter(source: str) -> None:
    payloads = [json.dumps(record).encode() for record in SOUND[source].values()]
    forth, back = (normalise_bytes(order, source) for order in (payloads, payloads[::-1]))
    assert back.events.reverse().equals(forth.events)
    for name, frame in forth.facts.items():
        assert back.facts[name].sort("row_key").equals(frame.sort("row_key")), name
