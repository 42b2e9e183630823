"""Writes docs/tables.md and docs/quarantine.md from what is declared: `make docs`."""

from __future__ import annotations

from pathlib import Path

from expectations.suites import suite_of
from lakehouse.catalogue import dictionary_markdown
from lakehouse.table import Layer
from lakehouse.tables import ALL_TABLES
from pipelines.systems.codes import WORDINGS

FOLDER = Path("docs")


def quarantine_markdown() -> str:
    """Every reason for which a record or a row is kept back, and what to do."""
    lines = [
        "# Quarantine",
        "",
        "Derived from the code; `make docs` writes it anew. `rtr quarantine list` shows what waits.",
    ]
    lines += ["", "## At ingest", "", "| code | message | what to do |", "|---|---|---|"]
    for code, wording in WORDINGS.items():
        lines.append(f"| {code} | {wording.message.format(field='(field)', value='(value)')} | {wording.remedy} |")
    lines += [
        "",
        "## At a gate",
        "",
        "Rows of silver that break one of these are kept back by key, code GATE_ and the name in capitals.",
    ]
    lines += ["A critical expectation of gold stops what is downstream."]
    for table in ALL_TABLES:
        if table.layer not in (Layer.SILVER, Layer.GOLD):
            continue
        lines += ["", f"### {table.qualified_name}", "", "| expectation | asserts | severity |", "|---|---|---|"]
        for expectation in suite_of(table).expectations:
            lines.append(f"| {expectation.name} | {expectation.description} | {expectation.severity} |")
    return "\n".join(lines) + "\n"


def write(folder: Path = FOLDER) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "tables.md").write_text(dictionary_markdown())
    (folder / "quarantine.md").write_text(quarantine_markdown())


if __name__ == "__main__":
    write()
