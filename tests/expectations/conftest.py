"""Great Expectations takes seconds to import: once for all tests here."""

from __future__ import annotations

import polars as pl
import pytest

from tests.expectations.books import sound_books
from tests.expectations.facts import SOUND, fact, surroundings


@pytest.fixture(scope="session")
def sound() -> dict[str, pl.DataFrame]:
    """A sound frame of every silver and gold table, by qualified name."""
    return {table.qualified_name: fact(table) for table in SOUND} | sound_books()


@pytest.fixture(scope="session")
def around(sound: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What the sound frames are judged against."""
    return surroundings() | sound_books()
