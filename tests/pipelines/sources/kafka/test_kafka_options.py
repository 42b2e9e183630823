"""Options of a topic: complete, understood, and silent about secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lakehouse.errors import RtrError
from pipelines.sources.kafka.options import OnGap, Start, options_from

GIVEN: dict[str, Any] = {"bootstrap_servers": "b:9092", "topics": ["billing"], "group": "rtr"}


def test_options_are_read() -> None:
    options = options_from(GIVEN | {"start": "timestamp", "start_at": "2026-01-02T03:00:00+01:00", "on_gap": "skip"})
    assert (options.start, options.on_gap) == (Start.TIMESTAMP, OnGap.SKIP)
    assert options.start_at == datetime(2026, 1, 2, 2, tzinfo=UTC)
    assert options.topics == ("billing",)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"topic": "x"}, "topic"),
        ({"topics": []}, "topics"),
        ({"start": "yesterday"}, "start"),
        ({"start": "timestamp"}, "start_at"),
        ({"properties": {"group.id": "x"}}, "group.id"),
        ({"properties": {"sasl.password": "hunter2"}}, "sasl.password"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(RtrError, match="KAFKA_OPTION") as raised:
        options_from(GIVEN | change)
    assert named in raised.value.message
    assert "hunter2" not in str(raised.value)


def test_secrets_come_from_the_environment_and_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    options = options_from(GIVEN | {"properties": {"sasl.password": "${KAFKA_PASSWORD}", "security.protocol": "SASL_SSL"}})
    with pytest.raises(RtrError, match="KAFKA_PASSWORD"):
        options.client()
    monkeypatch.setenv("KAFKA_PASSWORD", "hunter2")
    assert options.client()["sasl.password"] == "hunter2"
    assert options.client()["security.protocol"] == "SASL_SSL"
    assert "hunter2" not in repr(options)
