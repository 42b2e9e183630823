"""A small simulated company, ingested and refreshed once for the tests of the command line."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lakehouse.store import Lakehouse
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from pipelines.simulator import simulate


@dataclass(frozen=True)
class Refreshed:
    """A lakehouse after simulate, ingest and refresh, and the truth."""

    lake: Lakehouse
    truth: dict[str, Any]
    events: str


@pytest.fixture(scope="session")
def refreshed_once(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    from dagster_project.refresh import refresh

    folder = tmp_path_factory.mktemp("company")
    made = simulate(folder, months=5, customers=40, seed=3, duplicates=0.05, late=0.05, shuffle=True, malformed=0.002)
    lake = Lakehouse(folder / "lakehouse")
    events = str(folder / "events" / "*.jsonl")
    ingest(lake, [Feed("stripe", events)])
    result = refresh(lake.root, as_of=date.fromisoformat(made.truth["as_of"]))
    assert result.success, (result.failed_checks, result.failed_steps)
    return Refreshed(lake, made.truth, events)


@pytest.fixture
def company(refreshed_once: Refreshed, tmp_path: Path) -> Refreshed:
    """A copy that a test may tamper with."""
    root = tmp_path / "lakehouse"
    shutil.copytree(refreshed_once.lake.root, root)
    return Refreshed(Lakehouse(root), refreshed_once.truth, refreshed_once.events)
