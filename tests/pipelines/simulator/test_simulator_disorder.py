"""Disorder is as much as was asked for, and changes nothing that is true."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.simulator import SimulationResult, simulate
from pipelines.simulator.malformed import KINDS


def sound_or_none(line: bytes) -> dict[str, Any] | None:
    """The event on a line, or None where the line is broken in one of the ways that the simulator knows."""
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:  # UnicodeDecodeError is one.
        return None
    charge = event["data"]["object"]
    sane = isinstance(event["created"], int) and 0 < event["created"] < 4_000_000_000
    return event if sane and "id" in event and charge.get("amount") != "abc" and charge.get("currency") != "zzz" else None


def test_counts_are_as_asked(company: SimulationResult, disorderly: SimulationResult) -> None:
    counts = disorderly.truth["counts"]
    distinct = counts["events"]
    assert distinct == company.truth["counts"]["events"]
    assert counts["duplicates"] == int(0.05 * distinct)
    assert counts["malformed"] == int(0.01 * distinct) == sum(counts["malformed_by_kind"].values())
    before_last_month = sum(len(path.read_bytes().splitlines()) for path in company.files[:-1])
    assert counts["late"] == int(0.04 * before_last_month)
    assert counts["lines"] == distinct + counts["duplicates"] + counts["malformed"]
    assert disorderly.lines == sum(path.read_bytes().count(b"\n") for path in disorderly.files) == counts["lines"]


def test_truth_is_the_same_with_and_without_disorder(company: SimulationResult, disorderly: SimulationResult) -> None:
    assert disorderly.truth["currencies"] == company.truth["currencies"]


def test_every_event_arrives_and_repeats_differ_in_pending_webhooks_only(
    company: SimulationResult, disorderly: SimulationResult
) -> None:
    deliveries: dict[str, list[bytes]] = defaultdict(list)
    for path in disorderly.files:
        for line in path.read_bytes().splitlines():
            if (event := sound_or_none(line)) is not None:
                deliveries[event["id"]].append(line)
    originals = {json.loads(line)["id"]: line for path in company.files for line in path.read_bytes().splitlines()}
    assert deliveries.keys() == originals.keys()
    assert all(originals[name] in lines for name, lines in deliveries.items())
    for lines in deliveries.values():
        contents = [json.loads(line) for line in lines]
        assert len({content.pop("pending_webhooks") for content in contents}) == len(lines) <= 2
        assert all(content == contents[0] for content in contents)


def test_repeats_come_within_a_file_and_in_later_files(disorderly: SimulationResult) -> None:
    files: dict[str, list[str]] = defaultdict(list)
    for path in disorderly.files:
        for line in path.read_bytes().splitlines():
            if (event := sound_or_none(line)) is not None:
                files[event["id"]].append(path.name)
    repeated = [names for names in files.values() if len(names) == 2]
    assert {len(set(names)) for names in repeated} == {1, 2}


def test_broken_lines_are_of_every_kind_and_speak_of_nothing_true(
    company: SimulationResult, disorderly: SimulationResult
) -> None:
    broken = [line for path in disorderly.files for line in path.read_bytes().splitlines() if sound_or_none(line) is None]
    counts = disorderly.truth["counts"]
    assert len(broken) == counts["malformed"]
    assert set(counts["malformed_by_kind"]) == set(KINDS)
    assert all(counts["malformed_by_kind"].values())
    true = {json.loads(line)["data"]["object"]["id"] for path in company.files for line in path.read_bytes().splitlines()}
    for line in broken:
        if line.startswith(b'{"id":"evt_') and line.endswith(b"}"):
            assert json.loads(line)["data"]["object"]["id"] not in true


def test_late_events_come_in_a_later_file_and_never_in_an_earlier_one(tmp_path: Path) -> None:
    result = simulate(tmp_path, months=4, customers=30, late=0.1)
    late = 0
    for path in result.files:
        months = [month_of(json.loads(line)) for line in path.read_bytes().splitlines()]
        assert max(months) == path.stem.removeprefix("stripe-")
        late += sum(month < path.stem.removeprefix("stripe-") for month in months)
    assert late == result.truth["counts"]["late"] > 0


def month_of(event: dict[str, Any]) -> str:
    return f"{datetime.fromtimestamp(event['created'], UTC):%Y-%m}"
