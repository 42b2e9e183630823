"""The transform graph: batches in, results out. The same on every runner.

    batches -> Stage (read, parse, normalise, deduplicate, stage files) -> GroupByKey on metadata -> Commit -> results

Only the list of staged files and the hashes of their keys cross the GroupByKey; no row does.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Protocol

import apache_beam as beam

from lakehouse.store import Lakehouse
from pipelines.transforms.batch import BatchPlan, BatchResult, StagedBatch
from pipelines.transforms.commit import commit_batch
from pipelines.transforms.stage import stage_batch


class Turns(Protocol):
    """Lets the batches of one process look up what is known, and commit, one after the other."""

    def wait(self, number: int) -> None: ...

    def failed(self, number: int, error: Exception) -> None:
        """Told before a transform raises: a runner wraps the error so that its code is lost."""


class NoTurns:
    """On a cluster nobody waits: the fence decides."""

    def wait(self, number: int) -> None:
        return None

    def failed(self, number: int, error: Exception) -> None:
        return None


def utc_now() -> datetime:
    return datetime.now(UTC)


class StageFn(beam.DoFn):  # type: ignore[misc]
    """Stages one batch; see `transforms.stage`."""

    def __init__(self, lake: Lakehouse, turns: Turns) -> None:
        self._lake = lake
        self._turns = turns

    def process(self, plan: BatchPlan) -> Iterator[tuple[str, StagedBatch]]:
        try:
            yield plan.batch_id, stage_batch(self._lake, plan, utc_now(), self._turns.wait)
        except Exception as error:
            self._turns.failed(plan.number, error)
            raise


class CommitFn(beam.DoFn):  # type: ignore[misc]
    """Commits one batch; see `transforms.commit`. Repeating it after a failure changes nothing."""

    def __init__(self, lake: Lakehouse, turns: Turns) -> None:
        self._lake = lake
        self._turns = turns

    def process(self, element: tuple[str, Iterable[StagedBatch]]) -> Iterator[BatchResult]:
        for staged in element[1]:
            try:
                yield commit_batch(self._lake, staged, utc_now)
            except Exception as error:
                self._turns.failed(staged.number, error)
                raise


class StageAndCommit(beam.PTransform):  # type: ignore[misc]
    """Batches of ranges to results. Exactly once whatever the runner retries: the commit is fenced by key and position."""

    def __init__(self, lake: Lakehouse, turns: Turns | None = None) -> None:
        super().__init__()
        self._lake = lake
        self._turns = turns or NoTurns()

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        return (
            batches
            | "Stage" >> beam.ParDo(StageFn(self._lake, self._turns))
            | "ToOneCommitter" >> beam.GroupByKey()
            | "Commit" >> beam.ParDo(CommitFn(self._lake, self._turns))
        )


def new_batch_id() -> str:
    return uuid.uuid4().hex


Progress = Callable[[BatchResult], None]
