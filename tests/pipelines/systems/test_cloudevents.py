"""Usage in the envelope of CloudEvents 1.0."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.laws.events import conserved, exactly_once
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, silver
from pipelines.care import Care
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest
from pipelines.systems.mapped import load_mapping
from tests.pipelines.events import write_lines
from tests.pipelines.systems.cloudevents_records import EVENT, SOUND, encoded
from tests.pipelines.systems.normalising import Record, normalise, row, verdict

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def usage(record: Record) -> Record:
    return row(record, "usage", source="cloudevents")


def test_what_was_used_by_whom_and_when() -> None:
    found = usage(SOUND["usage"])
    assert (found["meter"], found["quantity"], found["unit"]) == ("api_calls", 3, "requests")
    assert found["customer_id"] == "cloudevents:customer/cus_1"  # the subject
    assert found["dimensions"] == '{"region":"eu"}'
    assert found["effective_at"].isoformat() == "2025-01-05T17:31:00+00:00"


def test_defaults_and_numbers_as_text() -> None:
    found = usage(SOUND["text"])
    assert (found["meter"], found["quantity"]) == ("com.example.api.request", Decimal("0.000001"))
    assert found["customer_id"] == "cloudevents:customer/cus_2"
    assert found["contract_id"] == "cloudevents:contract/sub_1"


def test_data_may_come_in_base64() -> None:
    found = usage(SOUND["encoded"])
    assert (found["meter"], found["quantity"], found["currency"]) == ("gigabytes", 7, "USD")


def test_an_event_is_known_by_source_and_id_whatever_else_it_says() -> None:
    other = EVENT | {"source": "/gateway/us"}
    events = normalise(EVENT, SOUND["usage"], other, source="cloudevents").events
    assert events["source_event_id"].to_list() == [
        "%2Fgateway%2Feu/A234-1234-1234",
        "%2Fgateway%2Feu/A234-1234-1234",
        "%2Fgateway%2Fus/A234-1234-1234",
    ]
    assert events["content_hash"][0] != events["content_hash"][1]  # a conflict, which the commit tells


def test_an_event_without_a_quantity_is_none_of_usage() -> None:
    events = normalise(SOUND["other"], SOUND["bare"], source="cloudevents").events
    assert events["disposition"].to_list() == ["unmapped", "unmapped"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"specversion": "0.3"}, "NOT_ALLOWED", "specversion"),
        ({"specversion": None}, "MISSING_FIELD", "specversion"),
        ({"id": ""}, "MISSING_FIELD", "id"),
        ({"source": None}, "MISSING_FIELD", "source"),
        ({"type": None}, "MISSING_FIELD", "type"),
        ({"time": None}, "MISSING_FIELD", "time"),
        ({"time": "2025-01-05"}, None, None),
        ({"data": {"quantity": "many"}}, "WRONG_TYPE", "quantity"),
        ({"data": {"quantity": [1]}}, "WRONG_TYPE", "quantity"),
        ({"data": {"quantity": 1, "currency": "ZZZ"}}, "UNKNOWN_CURRENCY", "currency"),
        ({"data_base64": encoded({"quantity": 1})}, "NOT_ALLOWED", "data_base64"),  # beside data
        ({"data": None, "data_base64": "$$"}, "WRONG_TYPE", "data_base64"),
        ({"data": None, "data_base64": encoded([1])}, "WRONG_TYPE", "data_base64"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], code: str | None, field: str | None) -> None:
    found, message = verdict(SOUND["usage"] | changes, source="cloudevents")
    assert found == code
    assert field is None or field in str(message)


@pytest.mark.parametrize("name", ["batch.json", "batch.jsonl"])
def test_batches_in_a_file_and_in_its_lines(lake: Lakehouse, tmp_path: Path, name: str) -> None:
    """A batch is as many events as it has, each with a place of its own; in whatever ranges the file is read."""
    events = [SOUND["usage"] | {"id": str(n)} for n in range(40)]
    if name.endswith(".json"):
        (tmp_path / name).write_text(json.dumps(events, indent=1))
    else:
        write_lines(tmp_path / name, [events[:15], *events[15:20], [], events[20:], [events[0], 7]])
    options = IngestOptions(batch_bytes=2000, range_bytes=700)
    summary = ingest(lake, [Feed("cloudevents", str(tmp_path / name))], options)
    repeated, strange = (0, 0) if name.endswith(".json") else (1, 1)
    assert (summary.accepted, summary.duplicate, summary.quarantined) == (40, repeated, strange)
    assert lake.open(silver.USAGE).count() == 40
    assert lake.open(bronze.EVENTS).count() == 40 + repeated + strange
    for check in (conserved, exactly_once):
        assert check(lake).breaches == ()


def test_other_types_and_fields_by_a_mapping(lake: Lakehouse, tmp_path: Path) -> None:
    mapping = load_mapping(EXAMPLES / "cloudevents.yaml")
    events = [
        EVENT | {"type": "com.example.job.finished", "data": {"tenant": "t1", "cpu_seconds": "12.5", "queue": "fast"}},
        EVENT | {"id": "2", "type": "com.example.job.finished", "data_base64": encoded({"tenant": "t2", "cpu_seconds": 1})},
        EVENT | {"id": "3", "type": "com.example.job.started", "data": {"tenant": "t1"}},
        EVENT | {"id": "4", "type": "com.example.job.finished", "data": {"tenant": "t1"}},
    ]
    write_lines(tmp_path / "events.jsonl", events)
    summary = ingest(lake, [Feed(mapping.source, str(tmp_path / "events.jsonl"), Care(mapping))])
    assert (summary.accepted, summary.unmapped, summary.quarantined) == (2, 1, 1)
    found = lake.scan(silver.USAGE).sort("customer_id").collect()
    assert found["customer_id"].to_list() == ["mapped:cloudevents:customer/t1", "mapped:cloudevents:customer/t2"]
    assert found["quantity"].sum() == Decimal("13.5")
    assert found["dimensions"].to_list() == ['{"queue":"fast"}', None]
