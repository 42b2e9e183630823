"""The worked example of pipelines/systems/README.md does what it says there."""

from __future__ import annotations

import importlib.util
import re
from decimal import Decimal
from pathlib import Path

import pytest

from cli.laws.events import conserved, exactly_once
from lakehouse.store import Lakehouse
from lakehouse.tables import quarantine, silver
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from pipelines.systems import SYSTEMS
from pipelines.systems.json_system import JsonSystem
from tests.pipelines.systems.normalising import normalise_bytes, rows

README = (Path(__file__).resolve().parents[3] / "pipelines" / "systems" / "README.md").read_text()


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JsonSystem:
    path = tmp_path / "till.py"
    path.write_text(block("python"))
    spec = importlib.util.spec_from_file_location("till", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(SYSTEMS, "till", module.TILL)
    assert isinstance(module.TILL, JsonSystem)
    return module.TILL


def test_the_fixture_becomes_the_facts_that_the_page_shows(till: JsonSystem, lake: Lakehouse, tmp_path: Path) -> None:
    fixture = tmp_path / "till.jsonl"
    fixture.write_text(block("json"))
    first, again = (ingest(lake, [Feed(till.name, str(fixture))]) for _ in range(2))
    told = f"{first.received} records of {first.files} files: {first.accepted} accepted, {first.unmapped} without revenue, "
    assert f"{told}{first.duplicate} duplicate, {first.quarantined} quarantined" in README
    assert again.received == 0
    found = lake.scan(silver.CASH).sort("object_id").collect()
    assert found.select("object_id", "direction", "amount", "document_id", "payment_id").rows() == [
        ("till:s-77", "in", Decimal("119.0000"), "till:r-12", None),
        ("till:s-77:refund", "out", Decimal("19.0000"), None, "till:s-77"),
    ]
    (message,) = lake.scan(quarantine.REJECTED).collect().get_column("message")
    assert message in README
    assert conserved(lake).breaches == ()
    assert exactly_once(lake).breaches == ()


def test_what_is_missing_is_named(till: JsonSystem) -> None:
    first = block("json").splitlines()[0]
    for field in ("event", "type", "at", "total", "currency"):
        found = normalise_bytes(
            [re.sub(rf'"{field}": "[^"]*",? ?', "", first, count=1).replace(", }", "}").encode()], till.name
        )
        assert found.events.get_column("code").to_list() == ["MISSING_FIELD"], field
        assert found.events.get_column("message")[0].split()[0].rpartition(".")[2] == field
        assert rows(found, "cash") == []


def test_every_system_has_its_row_in_the_table() -> None:
    named = re.findall(r"^\| \[?([a-z]+)\]?", README, re.MULTILINE)
    assert set(SYSTEMS) <= set(named)
