"""The committer of a stream: whatever order, repetition or grouping a runner chooses, the tables are the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import polars as pl

from cli.laws.events import conserved, exactly_once
from lakehouse.progress import committed_position
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, silver
from pipelines.ingest import prepare
from pipelines.job import ONE_COMMITTER, CommitInOrderFn, utc_now
from pipelines.sources.ranges import Block, LoadedRange
from pipelines.sources.records import split_lines
from pipelines.transforms.batch import BatchPlan, BatchResult, CommittedRows, StagedBatch
from pipelines.transforms.stage import stage_batch
from tests.pipelines.events import cash_event


class Bag:
    """The state of a stateful transform, as a runner keeps it."""

    def __init__(self) -> None:
        self.held: list[Any] = []

    def read(self) -> list[Any]:
        return list(self.held)

    def add(self, item: Any) -> None:
        self.held.append(item)

    def clear(self) -> None:
        self.held.clear()


def staged(lake: Lakehouse, first: int, count: int, start: int) -> tuple[StagedBatch, int]:
    """A block of a split that begins at a position, and where it ends."""
    text = b"".join(json.dumps(cash_event(n)).encode() + b"\n" for n in range(first, first + count))
    block = Block(split_lines(text, start, "s"), start + len(text))
    item = LoadedRange("native", "kafka", "s", start, start, len(text), block)
    return stage_batch(lake, BatchPlan(0, f"b{start}", (item,), "default"), utc_now(), lambda number: None), block.end


def commit(lake: Lakehouse, batches: list[StagedBatch], waiting: Bag) -> list[Any]:
    return [
        getattr(out, "value", out)
        for out in CommitInOrderFn(lake, ("silver.cash",)).process((ONE_COMMITTER, batches), waiting)
    ]


def test_a_block_that_comes_before_its_predecessor_waits_for_it_in_bronze(lake: Lakehouse) -> None:
    prepare(lake, ["native"])
    first, end = staged(lake, 0, 10, 0)
    second, last = staged(lake, 10, 10, end)
    waiting = Bag()
    commit(lake, [second], waiting)
    assert lake.open(silver.CASH).count() == 10
    assert lake.open(bronze.EVENTS).count() == 0
    assert len(waiting.held) == 1
    commit(lake, [first], waiting)
    assert waiting.held == []
    assert lake.open(bronze.EVENTS).count() == 20
    assert committed_position(lake.open(bronze.EVENTS), "native", "s") == last
    for law in (conserved, exactly_once):
        assert law(lake).breaches == ()


def test_a_commit_that_a_runner_repeats_changes_nothing_and_tells_the_same(lake: Lakehouse) -> None:
    prepare(lake, ["native"])
    first, end = staged(lake, 0, 10, 0)
    second, _ = staged(lake, 5, 10, end)  # half of it known: its files are written anew at the commit
    told = [commit(lake, [first, second], Bag()) for _ in range(3)]
    for outputs in told:
        (result,) = [out for out in outputs if isinstance(out, BatchResult)]
        assert (result.received, result.accepted, result.duplicate) == (20, 15, 5)
        rows = pl.concat([out.rows for out in outputs if isinstance(out, CommittedRows)])
        assert sorted(rows.get_column("source_event_id")) == sorted(f"e{n}" for n in range(15))
    assert lake.scan(silver.CASH).collect().height == 15  # every file that the log names can be read
    assert lake.open(bronze.EVENTS).count() == 20
    for law in (conserved, exactly_once):
        assert law(lake).breaches == ()


def test_what_is_read_again_after_a_restart_is_dropped(lake: Lakehouse) -> None:
    prepare(lake, ["native"])
    first, end = staged(lake, 0, 10, 0)
    commit(lake, [first], Bag())
    again, _ = staged(lake, 0, 12, 0)
    (result,) = [out for out in commit(lake, [replace(again, number=1)], Bag()) if isinstance(out, BatchResult)]
    assert result.accepted == 2
    assert lake.open(bronze.EVENTS).count() == 12
    assert committed_position(lake.open(bronze.EVENTS), "native", "s") > end
