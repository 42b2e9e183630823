"""`ReadTables`: Delta tables as blocks of rows, one for each data file, at versions fixed before anything is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import apache_beam as beam
import polars as pl

from lakehouse.log_files import unquote_path
from lakehouse.store import Lakehouse
from lakehouse.table import Table


class ReadTables(beam.PTransform):  # type: ignore[misc]
    """Pairs of a table's name (without its layer) and the rows of one of its files.

    Each is read as the lakehouse shows it when this is made (through a `JudgedLakehouse`: as far as it passed its gate),
    whatever is appended meanwhile; a vacuum leaves those files be for a day. A table that does not exist has no rows.
    """

    def __init__(self, lake: Lakehouse, tables: Iterable[Table]) -> None:
        super().__init__()
        self._lake = lake
        seen = {table: lake.version(table) for table in tables}
        self._versions = {table: version for table, version in seen.items() if version is not None}

    def expand(self, begin: beam.pvalue.PBegin) -> beam.PCollection:
        files = [(table, path) for table, version in self._versions.items() for path in self._files(table, version)]
        return begin | "Files" >> beam.Create(files) | "ReadFile" >> beam.ParDo(_ReadFile(self._lake))

    def _files(self, table: Table, version: int) -> list[str]:
        handle = self._lake.open(table)
        handle.load_as_version(version)
        return [unquote_path(str(path)) for path in handle.get_add_actions().column("path").to_pylist()]


class _ReadFile(beam.DoFn):  # type: ignore[misc]
    def __init__(self, lake: Lakehouse) -> None:
        self._lake = lake

    def process(self, file: tuple[Table, str]) -> Iterator[tuple[str, pl.DataFrame]]:
        table, path = file
        yield table.name, self._lake.scan_files(table, [path]).collect()
