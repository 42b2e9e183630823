"""`rtr simulate --scenario group`: the files of every system, and how to ingest them."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from cli.main import app
from lakehouse.errors import RtrError

GROUP = ["simulate", "--scenario", "group", "--months", "2", "--customers", "5"]
VENDORS = ("stripe", "shopify", "netsuite", "salesforce")


def test_each_system_has_files_and_a_line_says_how_to_ingest_them(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*GROUP, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "truth.json").exists()
    feeds = {"meter": "cloudevents", "books": "native", **{name: name for name in VENDORS}}
    assert {path.name.split("-")[0] for path in (tmp_path / "events").iterdir()} == set(feeds)
    for files, system in feeds.items():
        assert f"rtr ingest --system {system} --path '{tmp_path}/events/{files}-*.jsonl'" in result.output


def test_what_the_scenario_cannot_do_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*GROUP, "--out", str(tmp_path), "--late", "0.1"])
    assert isinstance(result.exception, RtrError)
    assert result.exception.code == "NOT_SIMULATED"
