"""Quarantine: what waits, and ingesting it again after a fix, exactly once."""

from __future__ import annotations

import tempfile
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, quarantine
from pipelines.care import Care
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest
from pipelines.registry import system_of
from pipelines.schema.drift import judge
from pipelines.systems.interface import Batch


@dataclass(frozen=True)
class Replay:
    """What a replay did: records taken in again, and those that are still wrong, each with its present reason."""

    replayed: int
    still_wrong: pl.DataFrame


def waiting(lake: Lakehouse) -> pl.LazyFrame:
    """Rejected records and rows without a resolution."""
    resolved = lake.scan(quarantine.RESOLUTIONS).select("quarantine_key")
    return lake.scan(quarantine.REJECTED).join(resolved, on="quarantine_key", how="anti")


def chosen(lake: Lakehouse, key: str | None, code: str | None) -> pl.DataFrame:
    """Waiting records by key (or the beginning of one) and code; RtrError NOT_IN_QUARANTINE where a key names none."""
    rows = waiting(lake)
    if key:
        rows = rows.filter(pl.col("quarantine_key").str.starts_with(key))
    if code:
        rows = rows.filter(pl.col("code") == code)
    found = rows.sort("rejected_at", "quarantine_key").collect()
    if key and found.is_empty():
        raise RtrError(
            "NOT_IN_QUARANTINE", f"Nothing that waits has the key {key!r}.", "`rtr quarantine list` shows the keys."
        )
    return found


def replay(lake: Lakehouse, key: str | None, code: str | None, *, now: datetime, dry_run: bool = False) -> Replay:
    """Judge waiting records anew; those that pass now are ingested as `replay`, the others go on waiting.

    A conflict does not pass: someone must decide (`dismiss` keeps what was accepted).
    """
    rows = chosen(lake, key, code).filter(pl.col("stage") == "ingest")
    conflict = rows.filter(pl.col("code") == "EVENT_CONFLICT")
    judged = [
        _judge(lake, part, now) for part in rows.join(conflict, on="quarantine_key", how="anti").partition_by("source")
    ]
    good = [part.filter(pl.col("new_code").is_null()) for part in judged]
    wrong = [part.filter(pl.col("new_code").is_not_null()) for part in judged]
    still = [conflict.select("quarantine_key", "code", "message", "remedy")]
    still += [part.select("quarantine_key", code="new_code", message="new_message", remedy="new_remedy") for part in wrong]
    count = sum(part.height for part in good)
    if not dry_run:
        for part in good:
            if part.height:
                _ingest_again(lake, part)
                resolve(lake, part, "replayed", "passed when judged anew", "rtr quarantine replay", now)
    return Replay(count, pl.concat(still))


def dismiss(lake: Lakehouse, key: str, *, reason: str, author: str, now: datetime) -> int:
    """Close waiting records without taking them in; returns how many."""
    rows = chosen(lake, key, None)
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


def _judge(lake: Lakehouse, rows: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Waiting records of one source beside what the system says of them today."""
    places = rows.select("source", "split", "position").lazy()
    payloads = lake.scan(bronze.EVENTS).select("source", "split", "position", raw="payload")
    rows = rows.join(
        places.join(payloads, on=["source", "split", "position"]).collect(), on=["source", "split", "position"], how="left"
    ).with_columns(payload=pl.coalesce("raw", "payload"))
    source = str(rows.get_column("source")[0])
    batch = Batch(source, "replay", now, "default", rows.select("split", "position", "payload"))
    events = judge(lake, system_of(lake, source), batch).events
    return rows.with_columns(
        new_code=events.get_column("code"), new_message=events.get_column("message"), new_remedy=events.get_column("remedy")
    )


def _ingest_again(lake: Lakehouse, rows: pl.DataFrame) -> None:
    """Through the same job as any file, under a split of its own."""
    with tempfile.TemporaryDirectory(prefix="rtr-replay-") as folder:
        path = Path(folder) / f"replay-{uuid.uuid4().hex}.jsonl"
        path.write_bytes(b"\n".join(rows.get_column("payload").to_list()) + b"\n")
        feed = Feed(str(rows.get_column("source")[0]), str(path), Care(held=True))
        ingest(lake, [feed], IngestOptions(channel="replay"))
