"""From what a system read of a block to rows of silver: the columns every fact has, and the account of every record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from lakehouse.table import Table
from pipelines.systems import hashing
from pipelines.systems.faults import Faults, describe
from pipelines.systems.interface import EVENT_SCHEMA, MOMENT, Batch, Normalised


@dataclass(frozen=True)
class Fact:
    """Rows of one table. `rows` has `_row` (place of the record in the block), `part` (unique within the event and
    the table's rows), object_id, effective_at and the columns of the table; operation is assert where it is absent.

    `hashed`: whether the event's content is known by it. What a system learns to read of events that it has read before
    must not be: their hashes are stored, and an event that comes again would be a conflict.
    """

    table: Table
    rows: pl.DataFrame
    hashed: bool = True


def complete(
    batch: Batch, events: pl.DataFrame, facts: Sequence[Fact], faults: Faults, by_record: pl.DataFrame | None = None
) -> Normalised:
    """Give each record its verdict and hash, each fact its common columns; a record with a fault yields no facts.

    `events` has EVENT_SCHEMA and one row a record in order; its `disposition` says what a record is if nothing is
    wrong with it. `by_record` has `row` and `content_hash` of events that are known by their records, not by their facts.
    """
    told = describe(faults.first())
    kept = [replace(fact, rows=rows) for fact in facts if (rows := _without(fact.rows, told)).height]
    hashed = hashing.event_hashes(_canonical(fact, events) for fact in kept if fact.hashed)
    if by_record is not None and by_record.height:
        hashed = pl.concat([hashed.join(by_record, on="row", how="anti", maintain_order="left"), by_record])
    spoken_of = [fact.rows.select_seq(row="_row", first="object_id") for fact in kept]
    counts = (
        pl.concat(spoken_of or [pl.DataFrame(schema={"row": pl.UInt32, "first": pl.String})])
        .group_by("row")
        .agg(pl.len().alias("facts"), pl.col("first").first())
    )
    rows = events.drop("content_hash", "fact_count", "code", "message", "remedy").with_row_index("row")
    for more in (hashed, counts, told):
        rows = rows.join(more, on="row", how="left", maintain_order="left")
    rejected = pl.col("code").is_not_null()
    judged = rows.with_columns(
        disposition=pl.when(rejected).then(pl.lit("rejected")).otherwise("disposition"),
        content_hash=pl.when(~rejected).then("content_hash"),
        fact_count=pl.col("facts").fill_null(0).cast(pl.Int64),
        object_id=pl.coalesce("object_id", "first"),
    )
    # An event without an id of its own is known by what it says.
    said = pl.concat_str("event_type", pl.lit(":"), "object_id", pl.lit(":"), "content_hash")
    judged = judged.with_columns(source_event_id=pl.coalesce("source_event_id", said)).with_columns(
        object_id=pl.coalesce("object_id", pl.concat_str(pl.lit(f"{batch.source}:"), "source_event_id"))
    )
    judged = judged.select(EVENT_SCHEMA.names())
    given = {
        "row_key": pl.concat_str(pl.lit(f"{batch.source}|"), "source_event_id", pl.lit("|"), "part"),
        "source": pl.lit(batch.source),
        "channel": pl.lit(batch.channel),
        "ingested_at": pl.lit(batch.received_at, dtype=MOMENT),
    }
    frames: dict[str, list[pl.DataFrame]] = {}
    for fact in kept:
        frames.setdefault(fact.table.qualified_name, []).append(_complete_rows(fact, judged, given))
    return Normalised(judged, {name: pl.concat(parts) for name, parts in frames.items()})


def _canonical(fact: Fact, events: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """The place of each row's event, and what the row says, with the type and the moment of the event."""
    places = fact.rows.get_column("_row")
    of_event = [name for name in ("event_type", "known_at") if name not in fact.rows.columns]
    return places, hashing.canonical_rows(fact.table.name, fact.rows.hstack(events.select_seq(of_event)[places]))


def _without(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    return rows.join(told, left_on="_row", right_on="row", how="anti", maintain_order="left") if told.height else rows


OF_EVENT = ("source_event_id", "known_at", "event_month", "content_hash", "legal_entity_id", "source_sequence")


def _complete_rows(fact: Fact, events: pl.DataFrame, given: dict[str, pl.Expr]) -> pl.DataFrame:
    """The columns every fact has, beside those of the table, in the declared order and types."""
    of_event = [name for name in OF_EVENT if name not in fact.rows.columns]
    rows = fact.rows.hstack(events.select_seq(of_event)[fact.rows.get_column("_row")])
    present = dict.fromkeys(rows.columns)
    columns = []
    for name, kind in fact.table.polars_schema().items():
        if name in given:
            columns.append(given[name].alias(name))
        elif name in present:
            columns.append(pl.col(name) if rows.schema[name] == kind else pl.col(name).cast(kind))
        else:
            columns.append(pl.lit("assert" if name == "operation" else None, dtype=kind).alias(name))
    return rows.select_seq(columns)
