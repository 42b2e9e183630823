"""Quarantine: what waits can be seen, and comes in exactly once after a fix."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from cli.laws.events import conserved, exactly_once
from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, silver
from pipelines import replay as replaying
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from pipelines.replay import Choice, chosen, replay
from pipelines.systems import native
from pipelines.systems.codes import WORDINGS, Code
from pipelines.transforms import stage
from tests.pipelines.events import cash_event, write_lines

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def rtr(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "250"})


@pytest.fixture
def rejected(lake: Lakehouse, tmp_path: Path) -> Lakehouse:
    """Two good payments, one in a currency that nobody knows, one that conflicts, one line that is no JSON."""
    events = [cash_event(1), cash_event(2), cash_event(3, currency="ZZZ"), cash_event(1, amount="11.00"), b"{"]
    ingest(lake, [Feed("native", str(write_lines(tmp_path / "in" / "a.jsonl", events)))])
    return lake


def test_list_counts_by_code_and_says_what_to_do(rejected: Lakehouse) -> None:
    result = rtr("quarantine", "list", "--lakehouse", rejected.root)
    assert result.exit_code == 0
    for code in ("UNKNOWN_CURRENCY", "EVENT_CONFLICT", "MALFORMED_JSON"):
        assert code in result.output
    only = rtr("quarantine", "list", "--code", "EVENT_CONFLICT", "--lakehouse", rejected.root)
    assert "1 waiting" in only.output


def test_show_prints_the_payload(rejected: Lakehouse) -> None:
    result = rtr("quarantine", "show", "native|", "--lakehouse", rejected.root)
    assert '"currency": "ZZZ"' in result.output
    missing = rtr("quarantine", "show", "nothing", "--lakehouse", rejected.root)
    assert isinstance(missing.exception, RtrError)


def test_replay_takes_in_what_passes_now_and_only_once(rejected: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    root = ("--lakehouse", rejected.root)
    assert "0 replayed, 3 still wrong" in rtr("quarantine", "replay", *root).output
    monkeypatch.setattr(native, "CURRENCIES", native.CURRENCIES | {"ZZZ"})  # the fix
    assert "1 would pass" in rtr("quarantine", "replay", "--dry-run", *root).output
    assert rejected.open(silver.CASH).count() == 2
    assert "1 replayed, 2 still wrong" in rtr("quarantine", "replay", *root).output
    assert "0 replayed, 2 still wrong" in rtr("quarantine", "replay", *root).output
    cash = rejected.scan(silver.CASH).collect()
    assert cash.height == 3
    assert cash.filter(pl.col("currency") == "ZZZ").get_column("channel").to_list() == ["replay"]
    assert conserved(rejected).breaches == ()
    assert exactly_once(rejected).breaches == ()
    assert "replayed" in rtr("quarantine", "list", "--resolved", *root).output
    replayed = rtr("quarantine", "show", "native|", *root).output
    assert "passed when judged anew" in replayed


def test_list_and_replay_keep_to_what_was_chosen(rejected: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    root = ("--lakehouse", rejected.root)
    assert "3 waiting" in rtr("quarantine", "list", "--system", "native", "--since", "2020-01-01", *root).output
    for other in (("--system", "stripe"), ("--since", "2999-01-01T00:00:00"), ("--code", "NOT_UTF8")):
        assert "Nothing waits" in rtr("quarantine", "list", *other, *root).output
        assert "0 replayed, 0 still wrong" in rtr("quarantine", "replay", *other, *root).output
    monkeypatch.setattr(native, "CURRENCIES", native.CURRENCIES | {"ZZZ"})
    only = ("--code", "UNKNOWN_CURRENCY", "--system", "native")
    assert "1 replayed, 0 still wrong" in rtr("quarantine", "replay", *only, *root).output


def test_a_replay_that_was_cut_off_takes_in_nothing_twice(rejected: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "CURRENCIES", native.CURRENCIES | {"ZZZ"})
    real = replaying.resolve

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replaying, "resolve", killed)
    with pytest.raises(KeyboardInterrupt):
        replay(rejected, now=NOW)
    monkeypatch.setattr(replaying, "resolve", real)
    received = rejected.open(bronze.EVENTS).count()
    assert (replay(rejected, now=NOW).replayed, replay(rejected, now=NOW).replayed) == (1, 0)
    assert rejected.open(bronze.EVENTS).count() == received
    assert rejected.open(silver.CASH).count() == 3
    assert conserved(rejected).breaches == ()


def test_what_comes_into_conflict_by_its_replay_waits_again(lake: Lakehouse, tmp_path: Path) -> None:
    """The event was corrected and sent again before its first content could be read: someone must decide."""
    events = [cash_event(1, currency="ZZZ"), cash_event(2, currency="ZZZ"), cash_event(2, currency="ZZZ", amount="9.00")]
    ingest(lake, [Feed("native", str(write_lines(tmp_path / "in" / "a.jsonl", events)))])
    ingest(lake, [Feed("native", str(write_lines(tmp_path / "in" / "b.jsonl", [cash_event(1, currency="EUR")])))])
    with pytest.MonkeyPatch.context() as fix:
        fix.setattr(native, "CURRENCIES", native.CURRENCIES | {"ZZZ"})
        for dry_run in (True, False):
            result = replay(lake, now=NOW, dry_run=dry_run)
            assert result.replayed == 1
            assert result.still_wrong.get_column("code").to_list() == ["EVENT_CONFLICT"] * 2
    assert len(conflict_keys(lake)) == 2
    assert lake.open(silver.CASH).count() == 2
    assert conserved(lake).breaches == ()


def test_a_record_of_a_broker_may_hold_newlines(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.sources.kafka import KafkaFeed, KafkaOptions
    from tests.pipelines.sources.kafka.broker import Broker

    broker = Broker()
    broker.send([json.dumps(cash_event(1, currency="ZZZ"), indent=2).encode()])
    ingest(lake, [KafkaFeed("native", KafkaOptions(broker.address, (broker.topic,), "g"))])
    monkeypatch.setattr(native, "CURRENCIES", native.CURRENCIES | {"ZZZ"})
    result = replay(lake, now=NOW)
    assert (result.replayed, result.still_wrong.height) == (1, 0)
    assert lake.open(silver.CASH).count() == 1


def test_a_replay_keeps_the_legal_entity(rejected: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "CURRENCIES", native.CURRENCIES | {"ZZZ"})
    result = rtr("quarantine", "replay", "--legal-entity", "de", "--lakehouse", rejected.root)
    assert "1 replayed" in result.output
    cash = rejected.scan(silver.CASH).filter(pl.col("currency") == "ZZZ").collect()
    assert cash.get_column("legal_entity_id").to_list() == ["de"]


def test_a_payload_too_large_for_the_quarantine_is_shown_and_replayed_from_bronze(
    lake: Lakehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "MAX_QUARANTINED_PAYLOAD", 10)
    events = [cash_event(1, currency="ZZZ"), cash_event(2)]
    ingest(lake, [Feed("native", str(write_lines(tmp_path / "in" / "a.jsonl", events)))])
    assert chosen(lake).get_column("payload").null_count() == 1
    assert '"currency": "ZZZ"' in rtr("quarantine", "show", "native|", "--lakehouse", lake.root).output
    monkeypatch.setattr(native, "CURRENCIES", native.CURRENCIES | {"ZZZ"})
    assert replay(lake, now=NOW).replayed == 1
    assert lake.open(silver.CASH).count() == 2


def test_every_code_says_what_is_wrong_and_what_to_do() -> None:
    documented = (Path(__file__).resolve().parents[2] / "docs" / "quarantine.md").read_text()
    for code in Code:
        assert WORDINGS[code].message
        assert WORDINGS[code].remedy
        assert f"| {code} |" in documented


def test_dismissing_a_conflict_keeps_what_was_accepted(rejected: Lakehouse) -> None:
    rows = rejected.scan(silver.CASH).filter(pl.col("source_event_id") == "e1").collect()
    (key,) = conflict_keys(rejected)
    result = rtr("quarantine", "dismiss", key, "--reason", "a test charge", "--lakehouse", rejected.root)
    assert "1 dismissed" in result.output
    assert conflict_keys(rejected) == []
    assert rejected.scan(silver.CASH).filter(pl.col("source_event_id") == "e1").collect().equals(rows)


def conflict_keys(lake: Lakehouse) -> list[str]:
    return chosen(lake, Choice(code="EVENT_CONFLICT")).get_column("quarantine_key").to_list()
