"""`ReadTables`: Delta tables as blocks of rows, one for each data file, at versions that are fixed before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import apache_beam as beam
import polars as pl

from lakehouse.store import Lakehouse, unquote_path
from lakehouse.table import Table


class ReadTables(beam.PTransform):  # type: ignore[misc]
    """Pairs of a table's name (without its layer) and the rows of one of its files.

    `versions`: which version of each table; workers read the files that it names, whatever is appended meanwhile. A vacuum
    leaves them be for a day.
    """

    def __init__(self, lake: Lakehouse, versions: Mapping[Table, int]) -> None:
        super().__init__()
        self._lake = lake
        self._versions = dict(versions)

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
