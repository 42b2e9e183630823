"""Which examples are run, and the list of those that no adapter reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.adapters import ADAPTERS
from tests.vectors.example import Example


def load(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    listed: list[dict[str, Any]] = json.loads(path.read_text())["vectors"]
    return listed


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each example whose topic has an adapter."""
    if "example" not in metafunc.fixturenames:
        return
    path = metafunc.config.getoption("--vectors")
    covered = [v for v in load(path) if v["topic"] in ADAPTERS]
    examples = [pytest.param(Example.told_by(v), id=v.get("id", f"example-{n}")) for n, v in enumerate(covered)]
    if not examples:
        reason = f"no published examples of a covered topic are here: {path}"
        examples = [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="none")]
    metafunc.parametrize("example", examples)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say which examples no adapter reads: silence would look like success."""
    vectors = load(config.getoption("--vectors"))
    without = [v for v in vectors if v["topic"] not in ADAPTERS]
    if not vectors:
        return
    terminalreporter.section("published examples")
    terminalreporter.line(f"{len(vectors) - len(without)} of {len(vectors)} are of a topic that an adapter reads.")
    by_topic: dict[str, list[str]] = {}
    for vector in without:
        by_topic.setdefault(vector["topic"], []).append(str(vector.get("id", "?")))
    for topic, ids in sorted(by_topic.items()):
        terminalreporter.line(f"not covered: {topic}: {', '.join(ids)}")
