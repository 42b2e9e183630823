"""The bench of the receiver measures deliveries that were accepted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.receive import BODY_BYTES, Way, delivery, measure


def test_a_delivery_is_json_of_the_stated_size() -> None:
    body = delivery("1").split(b"\r\n\r\n", 1)[1]
    assert abs(len(body) - BODY_BYTES) < 10
    assert json.loads(body)["id"] == "evt_1"


@pytest.mark.slow
@pytest.mark.parametrize("fsync", [True, False])
def test_a_short_round(tmp_path: Path, *, fsync: bool) -> None:
    measured = measure(Way("short", fsync), 1.0, 4, tmp_path / "spool")
    assert len(measured.milliseconds) > 10
    assert 0 < measured.syncs <= len(measured.milliseconds)
    assert measured.processor_seconds > 0
