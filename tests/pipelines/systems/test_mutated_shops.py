"""Whatever the bytes of a shop's record: no crash, and each record is judged alone as among others."""

from __future__ import annotations

import json
import random

import pytest

from tests.pipelines.systems import shopify_records, woocommerce_records
from tests.pipelines.systems.normalising import normalise_bytes
from tests.pipelines.systems.test_mutated_payloads import MUTATIONS, mutated

SOUND = {"shopify": shopify_records.SOUND, "woocommerce": woocommerce_records.SOUND}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("source", SOUND)
def test_mutated_records(source: str, seed: int) -> None:
    rng = random.Random(seed)
    samples = [json.dumps(record).encode() for record in SOUND[source].values()]
    payloads = [mutated(rng.choice(samples), rng) for _ in range(MUTATIONS)]
    together = normalise_bytes(payloads, source).events
    assert together.get_column("disposition").is_in(["mapped", "unmapped", "rejected"]).all()
    for place in rng.sample(range(len(payloads)), 60):
        assert normalise_bytes([payloads[place]], source).events.equals(together[place]), payloads[place]


@pytest.mark.parametrize("source", SOUND)
def test_garbage_and_nothing(source: str) -> None:
    rng = random.Random(5)
    garbage = [rng.randbytes(rng.randrange(1, 200)) for _ in range(500)]
    assert set(normalise_bytes(garbage, source).events["disposition"]) == {"rejected"}
    empty = normalise_bytes([], source)
    assert (empty.events.height, empty.facts) == (0, {})
