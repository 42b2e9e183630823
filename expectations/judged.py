"""The lakehouse as a rule may see it: silver only as far as it has passed its gates (law 7).

Ingest goes on while a gate judges and assets compute. Rows that were committed after the gate looked, and rows of a
table whose gate is blocked, are not there for whoever reads through this; the next run judges them first. Quarantine
stands still as well, from one gate to the next, so that all that a run computes leaves out the same rows.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from expectations.watermarks import Watermark, watermarks
from lakehouse.log_files import read_log
from lakehouse.store import Lakehouse
from lakehouse.table import Layer, Table
from lakehouse.tables import BY_NAME, quarantine

# Layers that are seen as of a version that this class knows, instead of as they stand.
HELD = (Layer.SILVER, Layer.QUARANTINE)


class JudgedLakehouse(Lakehouse):
    """A lakehouse whose silver tables end where they passed. Writing, gold and ops are as always.

    `everything` is the same place without that limit: for the gate itself.
    """

    def __init__(self, root: str | Path, storage_options: dict[str, str] | None = None) -> None:
        super().__init__(root, storage_options)
        self.everything = Lakehouse(root, storage_options)
        self._passed = {name: mark for name, mark in watermarks(self.everything).items() if self._still_there(name, mark)}
        self._quarantine = self._versions_of_quarantine()

    def _still_there(self, name: str, mark: Watermark) -> bool:
        """False where the table was dropped and begun anew, so that its versions count from 0 again."""
        version = self.everything.version(BY_NAME[name])
        return version is not None and version >= mark.version

    def passed(self, table: Table) -> Watermark | None:
        """How far a table has passed its gate; None where it never did."""
        return self._passed.get(table.qualified_name)

    def let_through(self, table: Table, mark: Watermark) -> None:
        """From now on the table is seen up to here, without the rows that its gate has just rejected."""
        self._passed[table.qualified_name] = mark
        self._quarantine = self._versions_of_quarantine()

    def _versions_of_quarantine(self) -> dict[str, int | None]:
        return {table.qualified_name: self.everything.version(table) for table in quarantine.TABLES}

    def version(self, table: Table) -> int | None:
        """Version that is seen: for silver the last that passed, None where none did."""
        if table.layer is Layer.QUARANTINE:
            return self._quarantine[table.qualified_name]
        if table.layer is not Layer.SILVER:
            return super().version(table)
        mark = self.passed(table)
        return mark.version if mark else None

    def scan(self, table: Table, version: int | None = None) -> pl.LazyFrame:
        if version is None and table.layer in HELD:
            version = self.version(table)
            if version is None:
                return table.empty().lazy()
        return super().scan(table, version)

    def scan_added(self, table: Table, after_version: int | None) -> pl.LazyFrame:
        last = self.version(table)
        if after_version is None or last is None or table.layer not in HELD:
            return super().scan_added(table, after_version)
        changes = read_log(self, table, after_version + 1, last)
        if changes is None or changes.rewritten:
            return self.scan(table)
        return self.scan_files(table, changes.added)
