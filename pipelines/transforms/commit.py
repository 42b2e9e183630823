"""The commit of a batch, in the order that makes the lack of an atomic commit over several tables harmless.

1. The register of events decides which events are new, repeated or in conflict.
2. The facts of the other silver tables, at the same time, without those of events in conflict. What a crash left
   out is added when the batch is read again: every table drops what it holds by key.
3. The quarantine.
4. Bronze and the positions, last: whatever was not finished before is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import polars as pl

from lakehouse.commit import Outcome, commit_staged, discard_unused
from lakehouse.progress import commit_ranges
from lakehouse.staging import StagedFile, read_staged, restage, stage
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import BY_NAME, bronze, quarantine, silver
from pipelines.systems.codes import Code
from pipelines.transforms.batch import BatchResult, StagedBatch, StagedTable
from pipelines.transforms.stage import quarantine_rows
from pipelines.transforms.threads import for_each

REGISTER = silver.SOURCE_EVENTS
# Tables are committed in threads: called from several at once.
Watch = Callable[[Table, list[StagedFile], Outcome], None]
IDENTITY = ("source", "source_event_id", "content_hash")


def commit_batch(
    lake: Lakehouse,
    staged: StagedBatch,
    clock: Callable[[], datetime],
    *,
    watch: Watch | None = None,
    repeatable: bool = False,
) -> BatchResult:
    """Commit a staged batch; safe to repeat after any failure, and from several processes at once.

    `watch` is told of each silver table's files and of what the commit did with their rows. A runner may commit a
    `repeatable` batch again, after it was committed: then the staged files that were not taken are left for vacuum.
    """
    began = clock()
    metadata = {"rtr_batch": staged.batch_id}
    tidy = _leave if repeatable else discard_unused
    registered = staged.tables.get(REGISTER.qualified_name)
    conflicts = REGISTER.empty()
    accepted = unmapped = 0
    rows: dict[str, int] = {}
    if registered is not None:
        outcome = commit_staged(lake, REGISTER, registered.files, known=registered.known, metadata=metadata)
        new, conflicts = _judged(lake, registered, outcome)
        unmapped = new.filter(pl.col("disposition") == "unmapped").height
        accepted = new.height - unmapped
        rows[REGISTER.qualified_name] = new.height
        if watch:
            watch(REGISTER, registered.files, outcome)
        tidy(lake, REGISTER, registered.files, outcome)

    def commit_facts(name: str) -> tuple[str, int]:
        table, part = BY_NAME[name], staged.tables[name]
        files = _without(lake, table, part.files, conflicts)
        outcome = commit_staged(lake, table, files, known=part.known, metadata=metadata)
        if watch:
            watch(table, files, outcome)
        tidy(lake, table, files, outcome)
        return name, outcome.appended

    facts = [name for name in staged.tables if name != REGISTER.qualified_name]
    rows |= dict(for_each(facts, commit_facts))
    in_conflict = _conflict_rows(lake, staged, conflicts)
    refused = [*staged.rejected, *stage(lake, quarantine.REJECTED, in_conflict)]
    outcome = commit_staged(lake, quarantine.REJECTED, refused, metadata=metadata)
    tidy(lake, quarantine.REJECTED, refused, outcome)
    rows[quarantine.REJECTED.qualified_name] = outcome.appended
    rows[bronze.EVENTS.qualified_name] = commit_ranges(lake, bronze.EVENTS, staged.ranges, metadata=metadata)
    quarantined = staged.quarantined + in_conflict.height
    return BatchResult(
        number=staged.number,
        batch_id=staged.batch_id,
        source=",".join(staged.sources),
        started_at=staged.received_at,
        commit_started_at=began,
        finished_at=clock(),
        bytes_read=staged.bytes_read,
        received=staged.received,
        accepted=accepted,
        unmapped=unmapped,
        duplicate=staged.received - accepted - unmapped - quarantined,
        quarantined=quarantined,
        waiting=staged.waiting,
        rows=rows,
        ends={(item.source, item.split): item.end for item in staged.ranges},
    )


def _leave(lake: Lakehouse, table: Table, staged: Iterable[StagedFile], outcome: Outcome) -> None:
    return None


def _without(lake: Lakehouse, table: Table, files: list[StagedFile], conflicts: pl.DataFrame) -> list[StagedFile]:
    """Staged files without the facts of events in conflict; those of the accepted content stay."""
    if conflicts.is_empty():
        return files
    kept = []
    for file in files:
        rows = lake.scan_files(table, [file.path]).select(IDENTITY).collect()
        keep = ~rows.select(
            pl.struct(IDENTITY).is_in(conflicts.select(pl.struct(IDENTITY)).to_series().implode())
        ).to_series()
        if keep.all():
            kept.append(file)
        elif keep.any():
            kept.append(restage(lake, table, file, keep.to_numpy()))
    return kept


def _judged(lake: Lakehouse, registered: StagedTable, outcome: Outcome) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events that are new, and events whose id is held with another content."""
    nothing = REGISTER.empty().select(*IDENTITY, "object_id", "disposition")
    new, conflicts = [nothing], [nothing]
    for file, kept, conflict in zip(registered.files, outcome.kept, outcome.conflicts, strict=True):
        events = lake.scan_files(REGISTER, [file.path]).select(*IDENTITY, "object_id", "disposition").collect()
        new.append(events.filter(pl.Series(kept)))
        conflicts.append(events.filter(pl.Series(conflict)))
    return pl.concat(new), pl.concat(conflicts)


def _conflict_rows(lake: Lakehouse, staged: StagedBatch, conflicts: pl.DataFrame) -> pl.DataFrame:
    """Rows of the quarantine for every record of the batch that carries an event in conflict."""
    if conflicts.is_empty():
        return quarantine.REJECTED.empty()
    variants = conflicts.select("source", "source_event_id", "content_hash", "object_id").unique()
    held = (
        lake.scan(REGISTER)
        .filter(pl.col("source_event_id").is_in(variants.get_column("source_event_id").implode()))
        .select("source", "source_event_id", accepted_content_hash="content_hash")
        .collect()
    )
    found = [quarantine.REJECTED.empty()]
    files = {item.file.path: (item.source, item.file) for item in staged.ranges if item.file is not None}
    for source, file in files.values():
        records = read_staged(lake, bronze.EVENTS, file)
        together = records.join(variants, on=IDENTITY).join(held, on=["source", "source_event_id"], how="left")
        judged = together.with_columns(
            code=pl.lit(Code.EVENT_CONFLICT.value),
            message=pl.format(
                "Event {} was accepted with content {} and came again with content {}.",
                "source_event_id",
                "accepted_content_hash",
                "content_hash",
            ),
            remedy=pl.lit(Code.EVENT_CONFLICT.remedy),
        )
        found.append(quarantine_rows(judged, source, staged.received_at))
    return pl.concat(found)
