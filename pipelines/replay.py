"""Quarantine: what waits, and ingesting it again after a fix, exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl
import xxhash

from lakehouse.errors import RtrError
from lakehouse.hashing import SEPARATOR
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, quarantine, silver
from pipelines.feeds import DEFAULT_ENTITY, IngestOptions
from pipelines.ingest import ingest
from pipelines.registry import system_of
from pipelines.schema.drift import judge
from pipelines.sources.held import HeldFeed
from pipelines.systems.codes import Code
from pipelines.systems.interface import Batch

PLACE = ("source", "split", "position")
REASON = ("quarantine_key", "code", "message", "remedy")
JUDGED = dict.fromkeys((*REASON[1:], "source_event_id", "content_hash"), pl.String)


@dataclass(frozen=True)
class Choice:
    """Which rejections: by key or how it begins, code, system, and rejected at or after a moment. Nothing means all."""

    key: str | None = None
    code: str | None = None
    system: str | None = None
    since: datetime | None = None

    @property
    def condition(self) -> pl.Expr:
        """Over the columns of quarantine.rejected."""
        parts = [pl.lit(True)]
        if self.key:
            parts.append(pl.col("quarantine_key").str.starts_with(self.key))
        if self.code:
            parts.append(pl.col("code") == self.code)
        if self.system:
            parts.append(pl.col("source") == self.system)
        if self.since:
            parts.append(pl.col("rejected_at") >= self.since)
        return pl.all_horizontal(parts)


ALL = Choice()


@dataclass(frozen=True)
class Replay:
    """What a replay did: records taken in again, and those that are still wrong, each with its present reason."""

    replayed: int
    still_wrong: pl.DataFrame


def waiting(lake: Lakehouse) -> pl.LazyFrame:
    """Rejected records and rows without a resolution."""
    resolved = lake.scan(quarantine.RESOLUTIONS).select("quarantine_key")
    return lake.scan(quarantine.REJECTED).join(resolved, on="quarantine_key", how="anti")


def resolved(lake: Lakehouse) -> pl.LazyFrame:
    """Rejected records and rows that were replayed or dismissed, with `outcome`, `reason`, `author` and `resolved_at`."""
    return lake.scan(quarantine.REJECTED).join(lake.scan(quarantine.RESOLUTIONS), on="quarantine_key")


def chosen(lake: Lakehouse, choice: Choice = ALL) -> pl.DataFrame:
    """Waiting records of a choice, oldest first; RtrError NOT_IN_QUARANTINE where a key names none."""
    return _found(waiting(lake), choice, "Nothing that waits has")


def shown(lake: Lakehouse, key: str) -> pl.DataFrame:
    """Records by key (or how it begins) whole, with the payload from bronze where it was too large to stand beside its
    reason, and what was done about each; RtrError NOT_IN_QUARANTINE where the key names none."""
    rejected = lake.scan(quarantine.REJECTED).join(lake.scan(quarantine.RESOLUTIONS), on="quarantine_key", how="left")
    return _with_payloads(lake, _found(rejected, Choice(key=key), "Nothing in quarantine has"))


def _found(rows: pl.LazyFrame, choice: Choice, nothing: str) -> pl.DataFrame:
    found = rows.filter(choice.condition).sort("rejected_at", "quarantine_key").collect()
    if choice.key and found.is_empty():
        raise RtrError("NOT_IN_QUARANTINE", f"{nothing} the key {choice.key!r}.", "`rtr quarantine list` shows the keys.")
    return found


def replay(
    lake: Lakehouse,
    choice: Choice = ALL,
    *,
    now: datetime,
    dry_run: bool = False,
    legal_entity_id: str = DEFAULT_ENTITY,
) -> Replay:
    """Judge waiting records anew; those that pass now are ingested as `replay`, the others go on waiting.

    A conflict does not pass: someone must decide (`dismiss` keeps what was accepted). A record that can be read now and
    turns out to be in conflict with what was accepted meanwhile waits again, under that reason. Repeated after a crash it
    takes in nothing twice: what was ingested is known by its keys and by the name under which it was read.
    """
    rows = chosen(lake, choice).filter(pl.col("stage") == "ingest")
    in_conflict = pl.col("code") == Code.EVENT_CONFLICT
    still = [rows.filter(in_conflict).select(REASON)]
    count = 0
    for part in rows.filter(~in_conflict).sort("quarantine_key").partition_by("source", maintain_order=True):
        judged = _judge(lake, part, legal_entity_id, now)
        wrong = pl.col("new_code").is_not_null()
        still.append(judged.filter(wrong).select("quarantine_key", **{name: f"new_{name}" for name in REASON[1:]}))
        good = judged.filter(~wrong)
        if good.is_empty():
            continue
        conflicts = _conflicts(lake, good) if dry_run else _take_in(lake, good, legal_entity_id, now)
        still.append(conflicts)
        count += good.height - conflicts.height
    return Replay(count, pl.concat(still))


def dismiss(lake: Lakehouse, key: str, *, reason: str, author: str, now: datetime) -> int:
    """Close waiting records without taking them in; returns how many."""
    rows = chosen(lake, Choice(key=key))
    resolve(lake, rows, "dismissed", reason, author, now)
    return rows.height


def resolve(lake: Lakehouse, rows: pl.DataFrame, outcome: str, reason: str, author: str, now: datetime) -> None:
    lake.append(
        quarantine.RESOLUTIONS,
        rows.select(
            "quarantine_key",
            outcome=pl.lit(outcome),
            reason=pl.lit(reason),
            author=pl.lit(author),
            resolved_at=pl.lit(now),
        ),
    )


def _judge(lake: Lakehouse, rows: pl.DataFrame, legal_entity_id: str, now: datetime) -> pl.DataFrame:
    """Waiting records of one source, with their payloads, beside what the system says of them today."""
    rows = _with_payloads(lake, rows)
    source = str(rows.get_column("source")[0])
    batch = Batch(source, "replay", now, legal_entity_id, rows.select("split", "position", "payload"))
    events = judge(lake, system_of(lake, source), batch).events.select(
        pl.col(name).cast(kind).alias(f"new_{name}") for name, kind in JUDGED.items()
    )
    return pl.concat([rows, events], how="horizontal")


def _with_payloads(lake: Lakehouse, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, with the payloads that are too large for the quarantine as bronze holds them."""
    without = rows.filter(pl.col("payload").is_null() & pl.col("position").is_not_null())
    if without.is_empty():
        return rows
    days = without.select(pl.col("rejected_at").dt.date().unique()).to_series()
    held = (
        lake.scan(bronze.EVENTS)
        .filter(pl.col("received_day").is_in(days.implode()))
        .select(*PLACE, raw="payload")
        .join(without.select(PLACE).lazy(), on=PLACE)
        .collect()
    )
    joined = rows.join(held, on=PLACE, how="left", maintain_order="left")
    return joined.with_columns(payload=pl.coalesce("payload", "raw")).drop("raw")


def _take_in(lake: Lakehouse, rows: pl.DataFrame, legal_entity_id: str, now: datetime) -> pl.DataFrame:
    """Ingest records of one source through the same job as any other and mark them; returns those that wait again."""
    keys = rows.get_column("quarantine_key")
    split = f"replay/{xxhash.xxh3_128_hexdigest(SEPARATOR.join(keys).encode())}"
    feed = HeldFeed(str(rows.get_column("source")[0]), split, rows.get_column("payload").to_list())
    ingest(lake, [feed], IngestOptions(channel="replay", legal_entity_id=legal_entity_id))
    resolve(lake, rows, "replayed", "passed when judged anew", "rtr quarantine replay", now)
    return waiting(lake).filter(pl.col("split") == split).select(REASON).collect()


def _conflicts(lake: Lakehouse, rows: pl.DataFrame) -> pl.DataFrame:
    """Those of the records that would come into conflict: with what was accepted, or with an earlier one of them."""
    event = ("source", "new_source_event_id")
    held = (
        lake.scan(silver.SOURCE_EVENTS)
        .filter(pl.col("source_event_id").is_in(rows.get_column("new_source_event_id").implode()))
        .select("source", new_source_event_id="source_event_id", accepted="content_hash")
        .collect()
    )
    beside = rows.join(held, on=event, how="left", maintain_order="left").with_columns(
        accepted=pl.coalesce("accepted", pl.col("new_content_hash").first().over(event))
    )
    return beside.filter(pl.col("accepted") != pl.col("new_content_hash")).select(
        "quarantine_key",
        code=pl.lit(Code.EVENT_CONFLICT.value),
        message=pl.format("Event {} was accepted with another content.", "new_source_event_id"),
        remedy=pl.lit(Code.EVENT_CONFLICT.remedy),
    )
