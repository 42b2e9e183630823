"""Law 6, to the ground: every row of silver is what its record in bronze says.

The records are judged once more by their systems, and every row is compared. This costs as much as normalising the whole
of bronze, and is what shows a changed amount in silver or a changed payload in bronze.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from cli.laws.law import Finding
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import bronze, quarantine, silver
from pipelines.registry import system_of
from pipelines.systems.codes import Code
from pipelines.systems.interface import Batch, Normalised, needs_whole_files, register

REGISTER = silver.SOURCE_EVENTS
CHUNK_ROWS = 30_000
# Ours and not the record's: how and when it came, and whose books it was read into.
NOT_COMPARED = frozenset(("channel", "ingested_at", "legal_entity_id"))
EVENT = ["source", "source_event_id", "content_hash"]
PLACE = ["source", "split", "position"]


def silver_follows_from_bronze(lake: Lakehouse) -> Finding:
    """Judge every record anew and compare: each row of silver must come out again, value for value."""
    derived: dict[Table, list[pl.DataFrame]] = {table: [] for table in silver.TABLES}
    accepted = lake.scan(REGISTER).select(EVENT).collect()
    frozen_out = lake.scan(quarantine.REJECTED).filter(code=Code.NEW_FIELD.value, stage="ingest")
    refused = frozen_out.select(PLACE).collect()
    changed = records = 0
    for source, rows in _chunks(lake):
        received = rows.select("split", "position", "payload")
        batch = Batch(source, "file", datetime.now(UTC), "default", received)
        normalised = system_of(lake, source).normalise(batch)
        records += rows.height
        changed += _changed(rows, normalised.events, refused)
        for table, frame in _frames(batch, normalised).items():
            kept = frame.join(accepted, on=EVENT, how="semi")
            derived[table] = [pl.concat([*derived[table], _fingerprints(table, kept)]).unique()]
    breaches = [f"{changed:,} records no longer say what they were registered with"] if changed else []
    for table in silver.TABLES:
        stored = _fingerprints(table, lake.scan(table).collect())
        found = pl.concat([stored.clear(), *derived[table]])
        if count := stored.join(found, on=["row_key", "fingerprint"], how="anti").height:
            breaches.append(f"{count:,} rows of {table.qualified_name} are not what their records say")
    return Finding(f"{records:,} records judged anew give the rows of silver", tuple(breaches))


def _chunks(lake: Lakehouse) -> Iterator[tuple[str, pl.DataFrame]]:
    """Bronze by source, in chunks; a file whose rows depend on those before them comes in one piece."""
    records = lake.scan(bronze.EVENTS)
    places = records.group_by("source", "split").len().sort("source", "split").collect()
    whole = [name for name in places.get_column("source").unique() if needs_whole_files(system_of(lake, name))]
    for chunk in records.filter(~pl.col("source").is_in(whole)).collect_batches(chunk_size=CHUNK_ROWS):
        for (source,), rows in chunk.partition_by("source", as_dict=True).items():
            yield str(source), rows
    for source, split in places.filter(pl.col("source").is_in(whole)).select("source", "split").iter_rows():
        yield source, records.filter(source=source, split=split).sort("position").collect()


def _changed(rows: pl.DataFrame, events: pl.DataFrame, refused: pl.DataFrame) -> int:
    """Records whose identity or content is not what bronze noted when they came; a frozen schema refused some."""
    let_in = rows.with_row_index("row").join(refused, on=PLACE, how="anti", maintain_order="left").get_column("row")
    rows, events = rows[let_in], events[let_in]
    columns = ["source_event_id", "event_type", "content_hash"]
    noted, now = rows.select(columns), events.select(columns)
    same = [noted.get_column(name).eq_missing(now.get_column(name)) for name in columns]
    return int((~(same[0] & same[1] & same[2])).sum())


def _frames(batch: Batch, normalised: Normalised) -> dict[Table, pl.DataFrame]:
    frames = {
        table: normalised.facts[table.qualified_name] for table in silver.TABLES if table.qualified_name in normalised.facts
    }
    return frames | {REGISTER: register(batch, normalised)}


def _fingerprints(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Key and hash of each row; the hash lives only as long as this process."""
    compared = [pl.col(name) for name in table.column_names if name not in NOT_COMPARED]
    text = [
        column.to_physical() if table.column(column.meta.output_name()).kind != "string" else column for column in compared
    ]
    return frame.select("row_key", fingerprint=pl.struct(text).hash(seed=1))
