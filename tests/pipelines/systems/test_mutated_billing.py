"""Whatever the bytes of a billing system's record: no crash, and exactly one disposition."""

from __future__ import annotations

import json
import random

import pytest

from tests.pipelines.systems import chargebee_records as chargebee
from tests.pipelines.systems import paddle_records as paddle
from tests.pipelines.systems import recurly_records as recurly
from tests.pipelines.systems import stripe_objects
from tests.pipelines.systems.normalising import Record, normalise
from tests.pipelines.systems.test_mutated_payloads import MUTATIONS, check, mutated
from tests.pipelines.systems.ties import held_back

SOUND: dict[str, tuple[dict[str, Record], str]] = {
    "paddle": (paddle.SOUND, "event_id"),
    "chargebee": (chargebee.SOUND, "no id of an event"),
    "recurly": (recurly.SOUND, "no id of an event"),
    "stripe": (stripe_objects.SOUND, "no id of an event"),
}


def _numbered(record: Record, number: int) -> Record:
    """The record with an event id of its own, where it is an event."""
    name = "event_id" if "event_id" in record else "id"
    return record | {name: f"evt_{number}"} if name == "event_id" or record.get("object") == "event" else record


@pytest.mark.parametrize("source", SOUND)
def test_sound_records_are_accepted_and_pass_the_gates(source: str) -> None:
    records, _ = SOUND[source]
    normalised = normalise(*(_numbered(record, n) for n, record in enumerate(records.values())), source=source)
    assert dict(zip(records, normalised.events["message"], strict=True)) == dict.fromkeys(records)
    assert set(normalised.events["disposition"]) == {"mapped"}
    assert held_back(normalised) == {}


@pytest.mark.parametrize("source", SOUND)
def test_mutated_records(source: str) -> None:
    records, key = SOUND[source]
    rng = random.Random(6)
    samples = [json.dumps(record).encode() for record in records.values()]
    check([mutated(rng.choice(samples), rng) for _ in range(MUTATIONS)], source, key)
