"""Sources named in a file, and options that do not fit together."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from tests.pipelines.events import cash_event, write_lines


def test_sources_may_be_named_in_a_file(lake: Lakehouse, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_lines(tmp_path / name / "facts.jsonl", [cash_event(ord(name))])
    sources = "".join(f"  - {{system: native, path: '{tmp_path / name}'}}\n" for name in ("a", "b"))
    (tmp_path / "sources.yaml").write_text(f"sources:\n{sources}")
    result = CliRunner().invoke(app, ["ingest", "--config", str(tmp_path / "sources.yaml"), "--lakehouse", lake.root])
    assert result.exit_code == 0, result.output
    assert lake.open(silver.CASH).count() == 2


@pytest.mark.parametrize("text", ["sources: 3", "nothing: []", "sources: [{system: native}]", "{"])
def test_a_file_that_names_no_sources_is_misuse(tmp_path: Path, text: str) -> None:
    (tmp_path / "sources.yaml").write_text(text)
    result = CliRunner().invoke(app, ["ingest", "--config", str(tmp_path / "sources.yaml")])
    assert result.exit_code == 2
    assert "sources" in result.output


def test_the_demo_does_not_empty_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path)])
    assert isinstance(result.exception, RtrError)
    assert result.exception.code == "NOT_A_DEMO"
    assert (tmp_path / "precious.txt").exists()
