"""The transform graph: batches in, results out. The same on every runner.

    batches -> Stage (read, parse, normalise, deduplicate, stage files) -> GroupByKey on metadata -> Commit -> results

Only the list of staged files and the hashes of their keys cross the GroupByKey; no row does.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import apache_beam as beam
import polars as pl
from apache_beam.coders import PickleCoder
from apache_beam.transforms.userstate import BagStateSpec

from lakehouse.commit import Outcome
from lakehouse.progress import in_order
from lakehouse.staging import StagedFile
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import bronze
from pipelines.observe import count_commit, count_stage
from pipelines.transforms.batch import BatchPlan, BatchResult, CommittedRows, StagedBatch, merge
from pipelines.transforms.commit import commit_batch
from pipelines.transforms.stage import stage_batch
from pipelines.transforms.triggers import every

RESULTS, COMMITTED = "results", "committed"
# Every staged batch of a stream meets at one committer: the order of the commits is the order of the positions.
ONE_COMMITTER = "committer"


class Turns(Protocol):
    """Lets the batches of one process commit one after the other; each waits for those before it, here or there."""

    def before_look_up(self, number: int) -> None: ...

    def before_commit(self, number: int) -> None: ...

    def failed(self, number: int, error: Exception) -> None:
        """Told before a transform raises: a runner wraps the error so that its code is lost."""


class NoTurns:
    """On a cluster nobody waits: the fence decides."""

    def before_look_up(self, number: int) -> None:
        return None

    def before_commit(self, number: int) -> None:
        return None

    def failed(self, number: int, error: Exception) -> None:
        return None


def utc_now() -> datetime:
    return datetime.now(UTC)


class StageFn(beam.DoFn):  # type: ignore[misc]
    """Stages one batch; see `transforms.stage`. `key` groups the batches that are committed together."""

    def __init__(self, lake: Lakehouse, turns: Turns, key: Callable[[BatchPlan], str]) -> None:
        self._lake = lake
        self._turns = turns
        self._key = key

    def process(self, plan: BatchPlan) -> Iterator[tuple[str, StagedBatch]]:
        try:
            staged = stage_batch(self._lake, plan, utc_now(), self._turns.before_look_up)
        except Exception as error:
            self._turns.failed(plan.number, error)
            raise
        count_stage(staged)
        yield self._key(plan), staged


class CommitFn(beam.DoFn):  # type: ignore[misc]
    """Commits batches that wait for nothing; see `transforms.commit`. Repeating it after a failure changes nothing."""

    def __init__(self, lake: Lakehouse, turns: Turns, watched: Sequence[str]) -> None:
        self._lake = lake
        self._turns = turns
        self._watched = watched

    def process(self, element: tuple[str, Iterable[StagedBatch]]) -> Iterator[Any]:
        for staged in element[1]:
            try:
                self._turns.before_commit(staged.number)
                yield from _commit(self._lake, staged, self._watched, repeatable=False)
            except Exception as error:
                self._turns.failed(staged.number, error)
                raise


class CommitInOrderFn(beam.DoFn):  # type: ignore[misc]
    """Commits what one firing of the trigger brought, all together.

    A runner may bring a range before the one that it continues: its facts are committed at once, its place in bronze
    and its position wait in the state until the other has come.
    """

    WAITING = BagStateSpec("waiting", PickleCoder())

    def __init__(self, lake: Lakehouse, watched: Sequence[str]) -> None:
        self._lake = lake
        self._watched = watched

    def process(
        self,
        element: tuple[str, Iterable[StagedBatch]],
        waiting: Any = beam.DoFn.StateParam(WAITING),  # noqa: B008  Beam reads the default
    ) -> Iterator[Any]:
        staged = merge(list(element[1]))
        ready, early = in_order(self._lake.open(bronze.EVENTS), [*staged.ranges, *waiting.read()])
        yield from _commit(self._lake, replace(staged, ranges=ready), self._watched, repeatable=True)
        waiting.clear()
        for item in early:
            waiting.add(item)


def _commit(lake: Lakehouse, staged: StagedBatch, watched: Sequence[str], *, repeatable: bool) -> Iterator[Any]:
    """The result of a commit, and the rows of the watched tables that it appended."""
    appended: list[CommittedRows] = []
    lock = threading.Lock()

    def watch(table: Table, files: list[StagedFile], outcome: Outcome) -> None:
        if table.qualified_name not in watched:
            return
        for file, kept in zip(files, outcome.kept, strict=True):
            if kept.any():
                rows = lake.scan_files(table, [file.path]).collect().filter(pl.Series(kept))
                with lock:
                    appended.append(CommittedRows(table.qualified_name, rows))

    result = commit_batch(lake, staged, utc_now, watch=watch, repeatable=repeatable)
    count_commit(result)
    yield result
    for rows in appended:
        yield beam.pvalue.TaggedOutput(COMMITTED, rows)


class StageAndCommit(beam.PTransform):  # type: ignore[misc]
    """Batches of ranges to results. Exactly once whatever the runner retries: the commit is fenced by key and position.

    With `trigger_seconds` the batches are an unbounded stream, and what was staged in such a time is committed together.
    The output has two parts: RESULTS (BatchResult) and COMMITTED (CommittedRows of the tables in `watched`).
    """

    def __init__(
        self,
        lake: Lakehouse,
        turns: Turns | None = None,
        *,
        trigger_seconds: float | None = None,
        watched: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._lake = lake
        self._turns = turns or NoTurns()
        self._trigger_seconds = trigger_seconds
        self._watched = tuple(watched)

    def expand(self, batches: beam.PCollection) -> beam.DoOutputsTuple:
        if self._trigger_seconds is None:
            key: Callable[[BatchPlan], str] = _each_alone
            commit: beam.DoFn = CommitFn(self._lake, self._turns, self._watched)
        else:
            key = _all_together
            commit = CommitInOrderFn(self._lake, self._watched)
        staged = batches | "Stage" >> beam.ParDo(StageFn(self._lake, self._turns, key)).with_output_types(
            tuple[str, StagedBatch]
        )
        if self._trigger_seconds is not None:
            staged |= "Trigger" >> every(self._trigger_seconds)
        return (
            staged
            | "ToOneCommitter" >> beam.GroupByKey()
            | "Commit" >> beam.ParDo(commit).with_outputs(COMMITTED, main=RESULTS)
        )


def _each_alone(plan: BatchPlan) -> str:
    return plan.batch_id


def _all_together(plan: BatchPlan) -> str:
    return ONE_COMMITTER


def new_batch_id() -> str:
    return uuid.uuid4().hex


Progress = Callable[[BatchResult], None]
