"""Examples that the adapters were not written for, run as the published ones are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.vectors.conftest import load
from tests.vectors.example import Example
from tests.vectors.test_published import assert_printed

MORE = load(Path(__file__).parent / "more_examples.json")


@pytest.mark.parametrize("vector", MORE, ids=[vector["id"] for vector in MORE])
def test_gold_says_what_is_printed(vector: dict[str, Any]) -> None:
    assert_printed(Example.told_by(vector))
