"""Writes docs/tables.md from the declared tables: `make docs`."""

from __future__ import annotations

from pathlib import Path

from lakehouse.catalogue import dictionary_markdown

if __name__ == "__main__":
    Path("docs").mkdir(exist_ok=True)
    Path("docs/tables.md").write_text(dictionary_markdown())
