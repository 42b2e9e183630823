"""The fused stage: read a batch, judge it, leave out what is known, and stage data files.

Nothing is committed here. In a bulk load the batches take turns before they look up what is known, so that a file is
hardly ever rewritten; otherwise nobody waits here, and the commit rewrites the few files concerned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

import polars as pl

from lakehouse.commit import key_index
from lakehouse.hashing import first_of_each, key_records, no_keys
from lakehouse.progress import StagedRange
from lakehouse.staging import stage
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import BY_NAME, bronze, quarantine, silver
from lakehouse.validation import check_frame
from pipelines.registry import system_of
from pipelines.schema.drift import watch
from pipelines.sources.ranges import Block, Range
from pipelines.systems.codes import Code
from pipelines.systems.interface import Batch, Normalised, System, register
from pipelines.transforms.batch import BatchPlan, StagedBatch, StagedTable
from pipelines.transforms.threads import for_each

# A record beyond this is no event: it is kept in bronze and quarantined.
MAX_RECORD_BYTES = 16 * 1024 * 1024
# Payloads up to this size stand beside the reason of their rejection; larger ones are in bronze only.
MAX_QUARANTINED_PAYLOAD = 1024 * 1024
BLOCK_BYTES = 256 * 1024 * 1024

REGISTER = silver.SOURCE_EVENTS

Turn = Callable[[int], None]


def stage_batch(lake: Lakehouse, plan: BatchPlan, now: datetime, turn: Turn) -> StagedBatch:
    """Everything the batch's ranges hold, judged and staged; `turn` returns when the look-up may begin."""
    facts: dict[str, list[pl.DataFrame]] = defaultdict(list)
    rejected: list[pl.DataFrame] = []
    received: list[pl.DataFrame] = []
    read: list[list[tuple[Range, Block]]] = []
    for (system, channel), items in groupby(plan.ranges, key=lambda item: (item.system, item.channel)):
        for blocks in read_blocks(items):
            records = pl.concat([block.records for _, block in blocks], how="diagonal", rechunk=True)
            batch = Batch(system, channel, now, plan.legal_entity_id, records)
            reader = system_of(lake, system)
            normalised = watch(lake, reader, batch, normalise(reader, batch), plan.batch_id)
            if records.height:
                facts[REGISTER.qualified_name].append(register(batch, normalised))
            for name, frame in normalised.facts.items():
                facts[name].append(frame)
            rejected.append(rejections(batch, normalised))
            received.append(bronze_rows(batch, normalised))
            read.append(blocks)
    refused = pl.concat(rejected) if rejected else quarantine.REJECTED.empty()
    blocks_read = [pair for blocks in read for pair in blocks]
    ranges = [part for blocks, frame in zip(read, received, strict=True) for part in _stage_ranges(lake, blocks, frame)]
    turn(plan.number)
    tables = dict(for_each(facts, lambda name: (name, _stage_new(lake, BY_NAME[name], pl.concat(facts[name])))))
    return StagedBatch(
        number=plan.number,
        batch_id=plan.batch_id,
        sources=tuple(dict.fromkeys(item.system for item in plan.ranges)),
        received_at=now,
        tables={name: staged for name, staged in tables.items() if staged.files or len(staged.known)},
        rejected=stage(lake, quarantine.REJECTED, refused),
        ranges=ranges,
        received=sum(block.records.height for _, block in blocks_read),
        quarantined=refused.height,
        bytes_read=sum(_size(block) for _, block in blocks_read),
        waiting=[block.waiting for _, block in blocks_read if block.waiting],
    )


def read_blocks(items: Iterable[Range]) -> Iterator[list[tuple[Range, Block]]]:
    """What the ranges hold, small ones together: judging a block has a fixed cost."""
    blocks: list[tuple[Range, Block]] = []
    held = 0
    for item in items:
        block = item.read()
        size = _size(block)
        if blocks and held + size > BLOCK_BYTES:
            yield blocks
            blocks, held = [], 0
        blocks.append((item, block))
        held += size
    if blocks:
        yield blocks


def normalise(system: System, batch: Batch) -> Normalised:
    """The system's judgement of a batch; records too large to be events are not shown to it."""
    large = batch.records.get_column("payload").bin.size() > MAX_RECORD_BYTES
    if not large.any():
        return system.normalise(batch)
    small = system.normalise(replace(batch, records=batch.records.filter(~large)))
    code = Code.RECORD_TOO_LARGE
    refused = batch.records.filter(large).select(
        disposition=pl.lit("rejected"),
        code=pl.lit(code.value),
        message=pl.col("payload").bin.size().map_elements(lambda size: code.message(value=f"{size:,}"), pl.String),
        remedy=pl.lit(code.remedy),
    )
    judged = pl.concat([small.events, refused], how="diagonal")
    # Those that were judged come first, those refused last: put each back in its place.
    places = pl.concat([(~large).arg_true(), large.arg_true()])
    return Normalised(judged[places.arg_sort()], small.facts)


def _stage_new(lake: Lakehouse, table: Table, frame: pl.DataFrame) -> StagedTable:
    """Stage the rows that neither stand earlier in the batch nor, with the same content, in the table."""
    check_frame(table, frame)
    keys = key_records(frame, table.key, table.content_hash)
    first = first_of_each(keys)
    held = key_index(lake, table).look_up(keys)
    known = held.present & (held.content == keys["content"])
    wanted = first & ~known
    rows = frame if wanted.all() else frame.filter(pl.Series(wanted))
    return StagedTable(stage(lake, table, rows, keys[wanted]), keys[first & known])


def rejections(batch: Batch, normalised: Normalised) -> pl.DataFrame:
    """Rows of the quarantine for the records that the system rejected."""
    together = pl.concat([batch.records, normalised.events], how="horizontal").filter(pl.col("disposition") == "rejected")
    return quarantine_rows(together, batch.source, batch.received_at)


def quarantine_rows(rejected: pl.DataFrame, source: str, now: datetime) -> pl.DataFrame:
    """Rows of the quarantine for records with a code, a message and a remedy; the place they were read from is the key."""
    payload = pl.col("payload")
    return quarantine.REJECTED.conform(
        rejected.select(
            quarantine_key=pl.format("{}|{}|{}", pl.lit(source), "split", "position"),
            stage=pl.lit("ingest"),
            source=pl.lit(source),
            split="split",
            position="position",
            source_event_id="source_event_id",
            object_id="object_id",
            code="code",
            message="message",
            remedy="remedy",
            content_hash="content_hash",
            accepted_content_hash=pl.col("accepted_content_hash")
            if "accepted_content_hash" in rejected.columns
            else pl.lit(None, pl.String),
            rejected_at=pl.lit(now),
            payload=pl.when(payload.bin.size() <= MAX_QUARANTINED_PAYLOAD).then(payload),
        )
    )


def bronze_rows(batch: Batch, normalised: Normalised) -> pl.DataFrame:
    """Rows of bronze: every record as it came, beside what could be read of its identity."""
    events = normalised.events.select("source_event_id", "event_type", "content_hash")
    return bronze.EVENTS.conform(
        pl.concat([batch.records, events], how="horizontal").with_columns(
            source=pl.lit(batch.source),
            received_at=pl.lit(batch.received_at),
            received_day=pl.lit(batch.received_at.date()),
        )
    )


def _size(block: Block) -> int:
    """Bytes of the records, without what stands between them."""
    return int(block.records.get_column("payload").bin.size().sum())


def _stage_ranges(lake: Lakehouse, blocks: list[tuple[Range, Block]], frame: pl.DataFrame) -> Iterator[StagedRange]:
    """Ranges that were judged together share one file of bronze."""
    files = stage(lake, bronze.EVENTS, frame, no_keys(frame.height))
    positions = frame.get_column("position").to_numpy()
    first = 0
    for item, block in blocks:
        rows = block.records.height
        yield StagedRange(
            source=item.system,
            split=item.split,
            start=item.start,
            follows=item.follows,
            end=block.end,
            file=files[0] if rows else None,
            first_row=first,
            positions=positions[first : first + rows],
        )
        first += rows
