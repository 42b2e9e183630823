"""What many tests share: a lakehouse in a temporary folder, and the folder of samples by others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from lakehouse.store import Lakehouse

# How long an example takes says something about the machine, not about the rule.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def lake(tmp_path: Path) -> Lakehouse:
    return Lakehouse(tmp_path / "lake")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real payloads and tables by others; they are not part of the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with samples by others is not here")
    return SHARED
