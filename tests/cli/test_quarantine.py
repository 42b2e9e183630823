"""Quarantine: what waits can be seen, and comes in exactly once after a fix."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from cli.laws.events import conserved, exactly_once
from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from pipelines.systems import native
from tests.pipelines.events import cash_event, write_lines


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


def test_dismissing_a_conflict_keeps_what_was_accepted(rejected: Lakehouse) -> None:
    rows = rejected.scan(silver.CASH).filter(pl.col("source_event_id") == "e1").collect()
    (key,) = conflict_keys(rejected)
    result = rtr("quarantine", "dismiss", key, "--reason", "a test charge", "--lakehouse", rejected.root)
    assert "1 dismissed" in result.output
    assert conflict_keys(rejected) == []
    assert rejected.scan(silver.CASH).filter(pl.col("source_event_id") == "e1").collect().equals(rows)


def conflict_keys(lake: Lakehouse) -> list[str]:
    from pipelines.replay import chosen

    return chosen(lake, None, "EVENT_CONFLICT").get_column("quarantine_key").to_list()
