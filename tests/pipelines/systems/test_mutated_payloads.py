"""Whatever the bytes: no crash, and every record has exactly one disposition, whatever its neighbours are."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.normalising import normalise_bytes
from tests.pipelines.systems.test_native import invoice, policy

# Over all systems and seeds: 110,000.
MUTATIONS = 5_000
STRANGE: tuple[Any, ...] = (
    None,
    True,
    "",
    "abc",
    "\x00\x1f",
    -1,
    0,
    1.5,
    10**40,
    float("inf"),
    float("nan"),
    [],
    {},
    [[]],
    [None],
    {"data": None},
    {"data": [1]},
    {"id": {"id": {}}},
    "2025-01-01",
)
DEEP = b'{"id":"evt_1","object":"event","type":"charge.succeeded","created":1735689600,"data":{"object":{"customer":'


def own_samples() -> list[bytes]:
    return [json.dumps(record).encode() for record in stripe.SOUND.values()]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


def mutated(sample: bytes, rng: random.Random) -> bytes:
    """One sample with bytes or values changed."""
    choice = rng.randrange(6)
    if choice == 0:
        return sample[: rng.randrange(1, len(sample))]
    if choice == 1:
        changed = bytearray(sample)
        for _ in range(rng.randrange(1, 4)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed) if changed.strip() else b"x"
    if choice == 2:
        cut = rng.randrange(len(sample))
        return sample[:cut] + rng.randbytes(rng.randrange(1, 9)) + sample[cut:]
    record = json.loads(sample)
    for _ in range(rng.randrange(1, 4)):
        path = rng.choice(list(places(record)))
        place = record
        for step in path[:-1]:
            place = place[step]
        if choice == 3 and isinstance(place, dict):
            del place[path[-1]]
        else:
            place[path[-1]] = copy.deepcopy(rng.choice(STRANGE))
        if not record:
            break
    return json.dumps(record, indent=rng.choice((None, 1)), ensure_ascii=rng.random() < 0.5).encode(
        "utf-8", "surrogatepass"
    )


def check(payloads: list[bytes], source: str, key: str = "id") -> None:
    """`key` is the name of the event's id in a record."""
    together = normalise_bytes(payloads, source).events
    rng = random.Random(1)
    for place in rng.sample(range(len(payloads)), 60):
        # A record is judged alone as among others; messages of what is unreadable included.
        alone = normalise_bytes([payloads[place]], source).events
        assert alone.equals(together[place]), payloads[place]
    readable = {}
    for place, payload in enumerate(payloads):
        try:
            record = json.loads(payload)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict) and isinstance(record.get(key), str) and record[key][:1] not in ("", "[", "{"):
            readable[place] = record[key]
    found = together["source_event_id"]
    # Results stand beside the records they belong to.
    wrong = [place for place, event_id in readable.items() if found[place] not in (event_id, None)]
    assert wrong == []
    lost = [
        place
        for place in readable
        if found[place] is None and together["code"][place] not in ("MALFORMED_JSON", "NOT_UTF8")
    ]
    assert lost == []


@pytest.mark.parametrize("seed", [1, 2])
def test_mutated_stripe_events(seed: int) -> None:
    rng = random.Random(seed)
    samples = own_samples()
    check([mutated(rng.choice(samples), rng) for _ in range(MUTATIONS)], "stripe")


def test_mutated_real_events(shared: Path) -> None:
    rng = random.Random(3)
    samples = (shared / "data/stripe/events_unique_ids.jsonl").read_bytes().splitlines()
    check([mutated(rng.choice(samples), rng) for _ in range(MUTATIONS)], "stripe")


def test_mutated_native_lines() -> None:
    rng = random.Random(4)
    samples = [json.dumps(record).encode() for record in (policy(), invoice())]
    check([mutated(rng.choice(samples), rng) for _ in range(MUTATIONS)], "native", "source_event_id")


def test_random_bytes() -> None:
    rng = random.Random(5)
    payloads = [rng.randbytes(rng.randrange(1, 200)) for _ in range(500)]
    for source in ("stripe", "native"):
        assert set(normalise_bytes(payloads, source).events["disposition"]) == {"rejected"}


@pytest.mark.parametrize("depth", [500, 100_000])
def test_deep_nesting_does_not_overflow_the_stack(depth: int) -> None:
    payloads = [
        DEEP + b"[" * depth + b"]" * depth + b"}}}",
        DEEP + b'{"id":' * depth + b"1" + b"}" * depth + b"}}}",
        DEEP.replace(b"charge.succeeded", b"balance.available") + b"[" * depth + b"]" * depth + b"}}}",
        b"[" * depth,
        b'{"a":' * depth,
    ]
    events = normalise_bytes(payloads).events
    assert events["disposition"].to_list() == ["rejected", "rejected", "unmapped", "rejected", "rejected"]


@pytest.mark.parametrize("shift", range(4))
def test_a_malformed_record_may_be_cut_within_a_character(shift: int) -> None:
    """The parser's own message about it, which quotes the beginning, may then be no text."""
    payload = b'{"id": "' + b"a" * shift + "é€😀".encode() * 200
    assert normalise_bytes([payload]).events["code"].to_list() == ["MALFORMED_JSON"]


def test_a_block_of_nothing_but_garbage_and_a_block_of_nothing() -> None:
    assert normalise_bytes([b"\xff", b"{", b"[]"]).facts == {}
    for source in ("stripe", "native"):
        empty = normalise_bytes([], source)
        assert (empty.events.height, empty.facts) == (0, {})


def test_keys_given_twice_and_numbers_beyond_measure() -> None:
    payload = json.dumps(stripe.event("charge.succeeded", stripe.charge())).encode()
    twice = payload.replace(b'"amount": 3000', b'"amount": 1, "amount": 3000')
    huge = payload.replace(b'"amount": 3000', b'"amount": 1e400')
    unread = payload.replace(b'"livemode": true', b'"livemode": -1e999')
    events = normalise_bytes([twice, huge, unread]).events
    assert events["code"].to_list() == [None, "WRONG_TYPE", None]
    assert isinstance(events, pl.DataFrame)
