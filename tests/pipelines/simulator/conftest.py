"""Small simulated companies, each simulated once for all tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.simulator import SimulationResult, simulate

DISORDER: dict[str, Any] = {"duplicates": 0.05, "late": 0.04, "shuffle": True, "malformed": 0.01}


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> SimulationResult:
    """A year of 500 customers, delivered in order."""
    return simulate(tmp_path_factory.mktemp("company"), months=12, customers=500, seed=7)


@pytest.fixture(scope="session")
def disorderly(tmp_path_factory: pytest.TempPathFactory) -> SimulationResult:
    """The same company, delivered as feeds deliver."""
    return simulate(tmp_path_factory.mktemp("disorderly"), months=12, customers=500, seed=7, **DISORDER)


@pytest.fixture(scope="session")
def events(company: SimulationResult) -> list[dict[str, Any]]:
    """Every event of the orderly company, in order."""
    return [json.loads(line) for line in lines_of(company.files)]


def lines_of(files: tuple[Path, ...]) -> list[bytes]:
    return [line for path in files for line in path.read_bytes().splitlines()]
