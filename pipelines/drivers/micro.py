"""The micro driver: plan a range of input, run a bounded pipeline over it in this process, commit, repeat.

The pipeline is built once and run many times: a batch is handed to it through a slot of the process. Several batches are
in flight, one being read while those before are written; they commit in order.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.pipeline_utils import group_by_key_input_visitor
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.worker.statesampler import StateSampler
from apache_beam.transforms.environments import EmbeddedPythonEnvironment

from lakehouse.store import Lakehouse
from pipelines.job import RESULTS, StageAndCommit
from pipelines.transforms.batch import BatchPlan, BatchResult

# A batch keeps a processor busy. A bulk load has one for each, up to what memory and Python's lock allow; of what is
# followed one is read while the one before is written.
IN_FLIGHT, SMALL_IN_FLIGHT = max(2, min(os.cpu_count() or 2, 4)), 2
# Beam ends a bundle when the thread that samples where its time went next wakes. That is after up to 200 ms, of which a
# batch of two bundles would lose most; there is no option for it.
SAMPLING_MILLISECONDS = 5


class _Slot:
    """Where running pipelines of this process take their batch from and leave their result."""

    def __init__(self) -> None:
        self._condition = threading.Condition(threading.RLock())
        self._planned: deque[BatchPlan] = deque()
        self._results: dict[int, BatchResult] = {}
        self._finished = -1
        self._failed_from: int | None = None
        self._error: Exception | None = None

    def put(self, plan: BatchPlan) -> None:
        with self._condition:
            self._planned.append(plan)

    def take(self) -> BatchPlan:
        with self._condition:
            return self._planned.popleft()

    def wait(self, number: int) -> None:
        """Return when the batch before this one is committed; RuntimeError when it failed."""
        with self._condition:
            self._condition.wait_for(lambda: self._finished >= number - 1 or self._has_failed(number - 1))
            if self._finished < number - 1:
                raise RuntimeError("a batch before this one failed")

    def leave(self, result: BatchResult) -> None:
        with self._condition:
            self._results[result.number] = result
            self._finished = result.number
            self._condition.notify_all()

    def fail(self, number: int, error: Exception) -> None:
        """No batch after this one may commit; the error of the first failing batch is kept."""
        with self._condition:
            if self._failed_from is None or number < self._failed_from:
                self._failed_from, self._error = number, error
            self._condition.notify_all()

    def fail_unless_known(self, number: int, error: Exception) -> None:
        """A failure of the runner itself: no transform told of it."""
        with self._condition:
            if self._failed_from is None:
                self.fail(number, error)

    def _has_failed(self, number: int) -> bool:
        return self._failed_from is not None and self._failed_from <= number

    def result(self, number: int) -> BatchResult:
        """The result of a batch, which a pipeline other than the one started for it may have taken."""
        with self._condition:
            self._condition.wait_for(lambda: number in self._results or self._has_failed(number))
            if number not in self._results and self._error is not None:
                raise self._error
            return self._results.pop(number)


_slots: dict[str, _Slot] = {}


class _SlotTurns:
    """Turns by the slot of this process; travels through the pipeline as a name.

    Large batches wait before they look up what is known, so that a file is hardly ever written anew. Small ones are staged
    at the same time and wait before they commit: to write one anew, where the batch before held one of its keys, is cheap.
    """

    def __init__(self, name: str, small: bool) -> None:
        self._name = name
        self._small = small

    def before_look_up(self, number: int) -> None:
        if not self._small:
            _slots[self._name].wait(number)

    def before_commit(self, number: int) -> None:
        _slots[self._name].wait(number)

    def failed(self, number: int, error: Exception) -> None:
        _slots[self._name].fail(number, error)


class _TakeBatch(beam.DoFn):  # type: ignore[misc]
    def __init__(self, name: str) -> None:
        self._name = name

    def process(self, element: object) -> Iterator[BatchPlan]:
        yield _slots[self._name].take()


class _LeaveResult(beam.DoFn):  # type: ignore[misc]
    def __init__(self, name: str) -> None:
        self._name = name

    def process(self, result: BatchResult) -> None:
        _slots[self._name].leave(result)


def run_micro(lake: Lakehouse, plans: Iterable[BatchPlan | None], *, small: bool = False) -> Iterator[BatchResult]:
    """Run the job over the batches, some in flight, and yield their results in order; `small` ones wait less for others.

    The next plan is asked for when there is room for it: a slow store holds up the reading. None says that there is
    nothing to do at the moment. Numbers count from 0. Raises what the first failing batch raised; batches before it
    are committed, those after it are not.
    """
    StateSampler.__init__.__defaults__ = (SAMPLING_MILLISECONDS,)
    # Beam logs what a transform raised before it raises it: the caller reports it once.
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
    name = f"slot-{id(plans)}-{threading.get_ident()}"
    slot = _slots[name] = _Slot()
    proto, options = _build(lake, name, small)

    def run_one(plan: BatchPlan) -> BatchResult:
        slot.put(plan)
        try:
            FnApiRunner().run_via_runner_api(proto, options).wait_until_finish()
        except Exception as error:  # noqa: BLE001  the runner wraps what a transform raised; the slot has the original
            slot.fail_unless_known(plan.number, error)
        return slot.result(plan.number)

    in_flight = SMALL_IN_FLIGHT if small else IN_FLIGHT
    try:
        with ThreadPoolExecutor(in_flight, thread_name_prefix="batch") as pool:
            running: deque[Future[BatchResult]] = deque()
            for plan in plans:
                if plan is not None:
                    running.append(pool.submit(run_one, plan))
                while running and (len(running) >= in_flight or running[0].done()):
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
    finally:
        del _slots[name]


def _build(lake: Lakehouse, name: str, small: bool) -> tuple[object, PipelineOptions]:
    """The pipeline as its portable proto, built once."""
    options = PipelineOptions(["--runner=FnApiRunner"])
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=options)
    outputs = (
        pipeline
        | "Go" >> beam.Create([None])
        | "TakeBatch" >> beam.ParDo(_TakeBatch(name))
        | "StageAndCommit" >> StageAndCommit(lake, _SlotTurns(name, small))
    )
    _ = outputs[RESULTS] | "LeaveResult" >> beam.ParDo(_LeaveResult(name))
    pipeline.visit(group_by_key_input_visitor(True))
    proto = pipeline.to_runner_api(default_environment=EmbeddedPythonEnvironment.default())
    shutil.rmtree(pipeline.local_tempdir, ignore_errors=True)  # Beam removes it after a run, and this is run as a proto
    return proto, options
