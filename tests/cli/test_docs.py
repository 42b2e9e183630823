"""The documents that are derived are those in the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.docs import write

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", ["tables.md", "quarantine.md"])
def test_a_derived_document_is_up_to_date(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    assert (tmp_path / name).read_text() == (DOCS / name).read_text(), "run `make docs`"
