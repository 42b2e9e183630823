"""Work beside the ingest: it follows, it never fails the ingest, and the end waits for it."""

from __future__ import annotations

import json
import threading
from functools import partial
from pathlib import Path

from assets.live.publish import publish
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import gold
from pipelines.beside import Beside
from pipelines.feeds import Feed
from pipelines.ingest import ingest


def usage(number: int) -> bytes:
    row = {"table": "usage", "source_event_id": f"u{number}", "object_id": f"u{number}", "meter": "calls", "quantity": "1"}
    return json.dumps(row | {"effective_at": "2026-03-01T12:00:30Z"}).encode() + b"\n"


def test_the_live_figures_stand_when_the_ingest_ends(lake: Lakehouse, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"".join(usage(n) for n in range(30)))
    ingest(lake, [Feed("native", str(tmp_path / "in.jsonl"))], after_commit=partial(publish, lake))
    assert lake.scan(gold.LIVE_SALES).select("usage", "usage_events").collect().rows() == [(30, 30)]


def test_a_task_that_fails_is_told_and_the_ingest_goes_on(lake: Lakehouse, tmp_path: Path) -> None:
    told: list[RtrError] = []

    def fails() -> None:
        raise OSError("the store is away")

    (tmp_path / "in.jsonl").write_bytes(usage(1))
    done = ingest(lake, [Feed("native", str(tmp_path / "in.jsonl"))], after_commit=fails, report=told.append)
    assert done.accepted == 1
    assert {error.code for error in told} == {"LIVE_FIGURES_LATE"}


def test_it_runs_again_after_it_was_asked_while_it_ran() -> None:
    runs: list[int] = []
    first, go_on = threading.Event(), threading.Event()

    def task() -> None:
        runs.append(len(runs))
        first.set()
        go_on.wait(10)

    beside = Beside(task, None)
    beside.ask()
    assert first.wait(10)
    beside.ask()
    go_on.set()
    beside.close()
    assert len(runs) >= 2
