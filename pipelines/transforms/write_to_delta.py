"""`WriteToDelta`: blocks of rows into one Delta table, exactly once, on any Beam runner.

    blocks -> StageBlocks (deduplicate, write Parquet) -> GroupByKey on metadata -> CommitFiles -> rows

* Input: frames (`polars.DataFrame` or `pyarrow.Table`) of the table's declared columns, bounded or unbounded.
* Key: `Table.key`. A row whose key the table holds, with the same content hash, is a duplicate; with another it is a
  conflict. Where a table has no content hash every row of a held key is a duplicate.
* Partition: `Table.partition_by`; a staged file lies in one partition.
* Trigger: a file is closed at `FileSize` bytes, rows or seconds, whichever comes first, and with its bundle; what was
  staged is committed every `trigger_seconds` where the input is unbounded, at its end where it is bounded.
* Output: `COMMITTED`, the rows that this transform really appended, `DUPLICATES` and `CONFLICTS`, all as frames. Of each
  key exactly one row is ever committed, whatever is retried, raced or killed. A runner that repeats a commit which had
  succeeded gets the same rows as committed again; files that were rewritten are left for `vacuum`.

Nothing but file metadata and keys crosses the GroupByKey. Not guaranteed: one commit for several tables.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import polars as pl
import pyarrow as pa
from apache_beam.transforms.window import GlobalWindow, GlobalWindows
from apache_beam.utils.windowed_value import WindowedValue

from lakehouse.commit import commit_staged
from lakehouse.hashing import first_of_each, key_records
from lakehouse.staging import StagedFile, read_staged, stage
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.validation import check_frame
from pipelines.transforms.triggers import every

COMMITTED, DUPLICATES, CONFLICTS = "committed", "duplicates", "conflicts"
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class FileSize:
    """When a data file is closed: at so many bytes in memory (a file is a fraction of it), rows, or seconds of waiting."""

    bytes: int = 256 * MEBIBYTE
    rows: int = 1_000_000
    seconds: float = 10.0


class WriteToDelta(beam.PTransform):  # type: ignore[misc]
    """See the module. The table must be declared (`lakehouse.table.Table`); it is created where it is absent."""

    def __init__(
        self, lake: Lakehouse, table: Table, *, file_size: FileSize | None = None, trigger_seconds: float = 1.0
    ) -> None:
        super().__init__()
        self._lake = lake
        self._table = table
        self._file_size = file_size or FileSize()
        self._trigger_seconds = trigger_seconds

    def expand(self, blocks: beam.PCollection) -> dict[str, beam.PCollection]:
        self._lake.ensure(self._table)
        window = beam.WindowInto(GlobalWindows()) if blocks.is_bounded else every(self._trigger_seconds)
        staged = (
            blocks
            | "Window" >> window
            | "StageBlocks"
            >> beam.ParDo(_StageBlocks(self._lake, self._table, self._file_size)).with_outputs(DUPLICATES, main="staged")
        )
        written = (
            staged.staged
            | "ToOneCommitter" >> beam.GroupByKey()
            | "CommitFiles"
            >> beam.ParDo(_CommitFiles(self._lake, self._table)).with_outputs(DUPLICATES, CONFLICTS, main=COMMITTED)
        )
        duplicates = (staged[DUPLICATES], written[DUPLICATES]) | "AllDuplicates" >> beam.Flatten()
        return {COMMITTED: written[COMMITTED], DUPLICATES: duplicates, CONFLICTS: written[CONFLICTS]}


class _StageBlocks(beam.DoFn):  # type: ignore[misc]
    """Gathers the blocks of a bundle into files of a good size."""

    def __init__(self, lake: Lakehouse, table: Table, size: FileSize) -> None:
        self._lake = lake
        self._table = table
        self._size = size

    def start_bundle(self) -> None:
        self._held: list[pl.DataFrame] = []
        self._bytes = self._rows = 0
        self._since = time.monotonic()

    def process(self, block: pl.DataFrame | pa.Table) -> Iterator[Any]:
        frame = block if isinstance(block, pl.DataFrame) else pl.DataFrame(block)
        conformed = self._table.conform(frame)
        check_frame(self._table, conformed)
        for start in range(0, conformed.height, self._size.rows):
            part = conformed.slice(start, self._size.rows)
            if self._rows + part.height > self._size.rows:
                yield from self._close()
            if not self._held:
                self._since = time.monotonic()
            self._held.append(part)
            self._rows += part.height
            self._bytes += int(part.estimated_size())
            if self._bytes >= self._size.bytes or time.monotonic() - self._since >= self._size.seconds:
                yield from self._close()

    def finish_bundle(self) -> Iterator[Any]:
        window = GlobalWindow()
        for output in self._close():
            if isinstance(output, beam.pvalue.TaggedOutput):
                value = WindowedValue(output.value, window.max_timestamp(), [window])
                yield beam.pvalue.TaggedOutput(output.tag, value)
            else:
                yield WindowedValue(output, window.max_timestamp(), [window])

    def _close(self) -> Iterator[Any]:
        if not self._held:
            return
        rows = pl.concat(self._held)
        self._held, self._bytes, self._rows = [], 0, 0
        keys = key_records(rows, self._table.key, self._table.content_hash)
        kept = first_of_each(keys)
        if not kept.all():
            yield beam.pvalue.TaggedOutput(DUPLICATES, rows.filter(pl.Series(~kept)))
            rows, keys = rows.filter(pl.Series(kept)), keys[kept]
        for file in stage(self._lake, self._table, rows, keys):
            yield self._table.qualified_name, file


class _CommitFiles(beam.DoFn):  # type: ignore[misc]
    """Commits the staged files of a table under its fence, and says what became of their rows."""

    def __init__(self, lake: Lakehouse, table: Table) -> None:
        self._lake = lake
        self._table = table

    def process(self, element: tuple[str, Iterable[StagedFile]]) -> Iterator[Any]:
        files = list(element[1])
        outcome = commit_staged(self._lake, self._table, files)
        for file, kept, duplicate, conflict in zip(files, outcome.kept, outcome.duplicates, outcome.conflicts, strict=True):
            rows = read_staged(self._lake, self._table, file)
            if kept.any():
                yield rows.filter(pl.Series(kept))
            for tag, mask in ((DUPLICATES, duplicate), (CONFLICTS, conflict)):
                if mask.any():
                    yield beam.pvalue.TaggedOutput(tag, rows.filter(pl.Series(mask)))
