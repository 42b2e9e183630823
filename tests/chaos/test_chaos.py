"""A short chaos in every test run; the long one is `make chaos`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.__main__ import chaos


@pytest.mark.slow
def test_a_few_processes_are_killed(tmp_path: Path) -> None:
    assert chaos(tmp_path, 25, seed=7) == []
