"""New fields are told, and taken in, passed over or refused by the policy; a changed type stops one record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from cli.laws.derivation import silver_follows_from_bronze
from cli.laws.events import conserved, exactly_once
from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, ops, quarantine, silver
from pipelines.care import Care
from pipelines.feeds import Feed
from pipelines.ingest import Summary, ingest
from pipelines.replay import replay
from pipelines.schema import Policy, SchemaPolicy
from pipelines.systems.mapped import read_mapping
from tests.pipelines.events import write_lines
from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.mapped.feeds import SALES, SOUND
from tests.pipelines.systems.normalising import RECEIVED_AT

MAPPING = read_mapping(SALES)
SALE = SOUND["sale"]


def run(lake: Lakehouse, file: Path, *rows: Any, schema: SchemaPolicy | None = None) -> Summary:
    write_lines(file, rows)
    return ingest(lake, [Feed(MAPPING.source, str(file), Care(MAPPING, schema=schema))])


def drift(lake: Lakehouse, *statuses: str) -> list[tuple[Any, ...]]:
    rows = lake.scan(ops.SCHEMA_DRIFT).filter(pl.col("status").is_in(list(statuses))).collect()
    return sorted(rows.select("path", "status", "example_type", "count").rows())


def assert_lawful(lake: Lakehouse) -> None:
    for check in (conserved, exactly_once, silver_follows_from_bronze):
        assert check(lake).breaches == ()


def test_a_new_field_is_kept_in_bronze_and_told_once(lake: Lakehouse, tmp_path: Path) -> None:
    run(lake, tmp_path / "a.jsonl", SALE)
    first = ("article", "day", "price", "quantity", "receipt")
    assert drift(lake, "first") == [(path, "first", "string", 1) for path in first]
    more = [SALE | {"receipt": f"N{n}", "channel": {"id": n}} for n in range(3)]
    assert run(lake, tmp_path / "b.jsonl", *more).accepted == 3
    assert run(lake, tmp_path / "c.jsonl", *(row | {"quantity": "9"} for row in more)).accepted == 3
    assert drift(lake, "new") == [("channel", "new", "object", 3)]
    payloads = lake.scan(bronze.EVENTS).collect()["payload"].to_list()
    assert sum(b"channel" in payload for payload in payloads) == 6
    assert_lawful(lake)


def test_discard_takes_the_record_in_and_goes_on_telling(lake: Lakehouse, tmp_path: Path) -> None:
    run(lake, tmp_path / "a.jsonl", SALE)
    policy = SchemaPolicy(Policy.DISCARD)
    for name in ("b", "c"):
        assert run(lake, tmp_path / f"{name}.jsonl", SALE | {"receipt": name, "x": 1}, schema=policy).accepted == 1
    assert drift(lake, "new", "discarded") == [("x", "discarded", "integer", 1)] * 2
    assert_lawful(lake)


def test_freeze_refuses_the_record_and_not_its_feed_until_the_field_is_accepted(lake: Lakehouse, tmp_path: Path) -> None:
    run(lake, tmp_path / "a.jsonl", SALE)
    new = SALE | {"receipt": "R9", "x": None}
    summary = run(lake, tmp_path / "b.jsonl", SALE, new, SALE | {"receipt": "R8"}, schema=SchemaPolicy(Policy.FREEZE))
    assert (summary.accepted, summary.duplicate, summary.quarantined) == (1, 1, 1)
    (rejected,) = lake.scan(quarantine.REJECTED).collect().to_dicts()
    assert (rejected["code"], rejected["message"]) == ("NEW_FIELD", "x is new, and the schema of the source is frozen.")
    assert drift(lake, "refused") == [("x", "refused", "null", 1)]
    assert lake.scan(silver.DOCUMENTS).filter(number="R9").collect().is_empty()
    assert_lawful(lake)
    # It stays in force for a run that says nothing of it, and for a replay.
    assert run(lake, tmp_path / "c.jsonl", new | {"receipt": "R7"}).quarantined == 1
    assert replay(lake, now=RECEIVED_AT).replayed == 0
    run(lake, tmp_path / "d.jsonl", SALE, schema=SchemaPolicy(Policy.FREEZE, fields=("x",)))
    assert replay(lake, now=RECEIVED_AT).replayed == 2
    assert lake.open(silver.DOCUMENTS).count() == 4
    assert_lawful(lake)


def test_a_record_that_says_the_same_without_the_field_is_not_refused_with_it(lake: Lakehouse, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    event = stripe.event("charge.succeeded", stripe.charge())
    write_lines(file, [event])
    ingest(lake, [Feed("stripe", str(file))])
    write_lines(tmp_path / "more.jsonl", [event | {"x": 1}, event])
    frozen = Care(schema=SchemaPolicy(Policy.FREEZE))
    summary = ingest(lake, [Feed("stripe", str(tmp_path / "more.jsonl"), frozen)])
    assert (summary.duplicate, summary.quarantined) == (1, 1)
    assert_lawful(lake)


def test_fields_within_the_objects_that_a_system_reads_are_looked_at(lake: Lakehouse, tmp_path: Path) -> None:
    charge = stripe.charge()
    write_lines(tmp_path / "a.jsonl", [stripe.event("charge.succeeded", charge)])
    ingest(lake, [Feed("stripe", str(tmp_path / "a.jsonl"))])
    changed = stripe.event("charge.succeeded", charge | {"brand_new": [1]}, id="evt_2")
    write_lines(tmp_path / "b.jsonl", [changed])
    types = SchemaPolicy(types=(("charge.succeeded", Policy.FREEZE),))
    summary = ingest(lake, [Feed("stripe", str(tmp_path / "b.jsonl"), Care(schema=types))])
    assert summary.quarantined == 1
    assert drift(lake, "refused") == [("data.object.brand_new", "refused", "array", 1)]


@pytest.mark.parametrize("policy", list(Policy))
def test_a_changed_type_stops_its_record_only(lake: Lakehouse, tmp_path: Path, policy: Policy) -> None:
    run(lake, tmp_path / "a.jsonl", SALE)
    rows = [SALE | {"receipt": "A"}, SALE | {"quantity": {"value": 2}}, SALE | {"day": 5}, SALE | {"receipt": "B"}]
    summary = run(lake, tmp_path / "b.jsonl", *rows, schema=SchemaPolicy(policy))
    assert (summary.accepted, summary.quarantined) == (2, 2)
    assert lake.scan(quarantine.REJECTED).collect()["code"].to_list() == ["WRONG_TYPE"] * 2


def test_nothing_can_be_frozen_that_is_not_known(lake: Lakehouse, tmp_path: Path) -> None:
    with pytest.raises(RtrError, match="SCHEMA_UNKNOWN"):
        run(lake, tmp_path / "a.jsonl", SALE, schema=SchemaPolicy(Policy.FREEZE))
    listed = SchemaPolicy(Policy.FREEZE, fields=tuple(SALE))
    assert run(lake, tmp_path / "a.jsonl", SALE, SALE | {"x": 1}, schema=listed).quarantined == 1


def test_a_large_block_of_an_open_source_is_looked_at_in_part(
    lake: Lakehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.schema.drift.LOOKED_AT", 10)
    run(lake, tmp_path / "a.jsonl", *(SALE | {"receipt": f"R{n}"} for n in range(45)))
    looked_at = lake.scan(ops.SCHEMA_DRIFT).collect()["looked_at"].unique().to_list()
    assert looked_at == [9]  # every fifth


def test_the_policy_in_the_file_of_sources(lake: Lakehouse, tmp_path: Path) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", [SALE, SALE | {"x": 1}])
    (tmp_path / "till.yaml").write_text(SALES)
    source = f"system: mapped, mapping: till.yaml, path: '{tmp_path / 'in'}'"
    schema = f"schema: {{policy: discard, types: {{line: freeze}}, fields: {json.dumps(list(SALE))}}}"
    (tmp_path / "sources.yaml").write_text(f"sources:\n  - {{{source}, {schema}}}\n")
    result = CliRunner().invoke(app, ["ingest", "--config", str(tmp_path / "sources.yaml"), "--lakehouse", lake.root])
    assert result.exit_code == 0, result.output
    assert "1 quarantined" in result.output
