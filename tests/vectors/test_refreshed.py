"""A few of the examples through the real graph: ingested into Delta, judged at the gates, recomputed by Dagster."""

from __future__ import annotations

import json
import warnings
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.refresh import refresh
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver
from tests.assets.revenue_facts import frames
from tests.vectors.adapters import ADAPTERS
from tests.vectors.comparison import differences
from tests.vectors.example import Example

warnings.filterwarnings("ignore", category=dg.BetaWarning)
TOPICS = ("allocation.discount", "modification.variable", "returns")
TABLES = {table.name: table for table in silver.TABLES}


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_the_graph_says_what_is_printed(topic: str, lake: Lakehouse, request: pytest.FixtureRequest) -> None:
    path: Path = request.config.getoption("--vectors")
    known = json.loads(path.read_text())["vectors"] if path.exists() else []
    found = [v for v in known if v["topic"] == topic]
    if not found:
        pytest.skip(f"no published example of {topic} is here: {path}")
    example = Example.told_by(found[0])
    adapter = ADAPTERS[topic]
    told = adapter.tell(example)
    for name, frame in frames(told.rows).items():
        lake.append(TABLES[name], frame)
    with dg.DagsterInstance.ephemeral() as instance:
        result = refresh(str(lake.root), as_of=date.fromisoformat(told.as_of), instance=instance)
    assert result.success, (result.failed_checks, result.failed_steps)
    books = {table.name: lake.scan(table).collect() for table in gold.TABLES}
    assert differences(adapter.read(books, example), example.expected, adapter.not_in_gold, adapter.tolerance) == []
