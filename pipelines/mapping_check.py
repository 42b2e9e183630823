"""What the rows of a sample become by a mapping, before anything is ingested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from lakehouse.errors import RtrError
from lakehouse.table import Table
from lakehouse.tables import BY_NAME
from lakehouse.tables.silver.fact import FACT_COLUMNS
from pipelines.registry import system_for
from pipelines.sources.files import list_files
from pipelines.sources.read_as import ReadAs
from pipelines.sources.reading import FileRange
from pipelines.systems import json_columns
from pipelines.systems.interface import Batch
from pipelines.systems.mapped import Mapping

# Filled in by the engine, or the same for all rows.
NOT_SHOWN = frozenset({column.name for column in FACT_COLUMNS} - {"object_id", "effective_at", "operation"})


@dataclass(frozen=True)
class Checked:
    """`rows` of the sample by kind and disposition; `rejected` with a row a reason; `facts` of the first rows by table, the
    columns that say something; `absent` columns that the mapping reads and no row has; `unread` ones that it leaves out."""

    rows: pl.DataFrame
    rejected: pl.DataFrame
    facts: dict[str, pl.DataFrame]
    counts: dict[str, int]
    absent: list[str]
    unread: list[str]

    @property
    def sound(self) -> bool:
        return self.rejected.is_empty() and not self.absent


def check(mapping: Mapping, sample: str, shown: int) -> Checked:
    """Judge every row of the sample's files. Raises RtrError NO_INPUT, INPUT_UNREADABLE."""
    files = list_files(sample, ReadAs(mapping.csv, whole=True))
    records = [FileRange(mapping.source, "file", file, file.split, 0, None).read().records for file in files]
    if not sum(frame.height for frame in records):
        raise RtrError("NO_INPUT", f"No rows at {sample}.", "Check the path, the delimiter and the encoding (`files:`).")
    rows = pl.concat(records)
    normalised = system_for(mapping).normalise(Batch(mapping.source, "file", datetime.now(UTC), "default", rows))
    events = normalised.events
    rejected = events.filter(pl.col("disposition") == "rejected")
    found = _columns(rows.get_column("payload"))
    read = {name for kind in mapping.kinds for name in kind.reads() if not name.startswith("/")}
    return Checked(
        events.group_by(pl.col("event_type").fill_null("-"), "disposition").len().sort("event_type", "disposition"),
        rejected.group_by("code", "message", "remedy").len().sort("len", "message", descending=[True, False]),
        {name: _said(BY_NAME[name], frame.head(shown)) for name, frame in normalised.facts.items()},
        {name: frame.height for name, frame in normalised.facts.items()},
        sorted(read - found),
        sorted(found - read),
    )


def _columns(payloads: pl.Series) -> set[str]:
    """Names at the top of the records; a CSV cell that is empty in every row leaves none."""
    texts = payloads.map_elements(lambda payload: payload.decode("utf-8", "replace"), return_dtype=pl.String)
    sound = texts.filter(json_columns.valid(texts))
    return set(json_columns.keys(sound).explode().drop_nulls().unique().to_list())


def _said(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    names = [
        name for name in table.column_names if name not in NOT_SHOWN and frame.get_column(name).null_count() < frame.height
    ]
    return frame.select(names)
