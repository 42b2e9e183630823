"""Streaming semantics of the whole job on Beam's TestStream: early, on-time, late, too late, and repeated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.coders import PickleCoder
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.testing import test_stream as testing
from apache_beam.transforms.window import TimestampedValue

from assets.live.publish import publish
from cli.laws.events import conserved, exactly_once
from lakehouse.progress import committed_position
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, gold
from pipelines.ingest import prepare
from pipelines.job import RESULTS, StageAndCommit
from pipelines.sources.ranges import Block, LoadedRange
from pipelines.sources.records import split_lines
from pipelines.transforms.batch import BatchPlan
from pipelines.transforms.windowed_figures import Pane, Timing, WindowedFigures

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATENESS = 300
Step = Callable[["Day"], Iterator[Any]]

_panes: dict[str, list[Pane]] = {}


@dataclass
class Day:
    """What a test stream delivers: usage events, told at a moment of processing, of a minute of business."""

    lake: Lakehouse
    stream: testing.TestStream
    position: int

    def deliver(self, *events: tuple[str, int, float]) -> None:
        """Events of (id, quantity, minute after noon) as one block, committed and told before the next step."""
        text = b"".join(json.dumps(usage_event(*event)).encode() + b"\n" for event in events)
        start, self.position = self.position, self.position + len(text)
        block = Block(split_lines(text, start, "s"), self.position)
        item = LoadedRange("native", "kafka", "s", start, start, len(text), block)
        plan = BatchPlan(0, f"b{start}", (item,), "default")
        self.stream.add_elements([TimestampedValue(plan, at(0).timestamp())])
        for _ in range(2):  # the commit, then the early pane
            self.stream.advance_processing_time(2)

    def watermark(self, minute: float) -> None:
        self.stream.advance_watermark_to(at(minute).timestamp())


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def usage_event(identity: str, quantity: int, minute: float) -> dict[str, Any]:
    return {
        "table": "usage",
        "source_event_id": identity,
        "object_id": identity,
        "effective_at": at(minute).isoformat(),
        "meter": "calls",
        "quantity": str(quantity),
    }


class Keep(beam.DoFn):  # type: ignore[misc]
    def __init__(self, name: str) -> None:
        self._name = name

    def process(self, pane: Pane) -> None:
        _panes[self._name].append(pane)


def run(lake: Lakehouse, story: Callable[[Day], None]) -> list[Pane]:
    """One life of the job over what the story delivers; it goes on where the lakehouse stands."""
    prepare(lake, ["native"])
    name = lake.root
    _panes[name] = []
    position = committed_position(lake.open(bronze.EVENTS), "native", "s")
    stream = testing.TestStream(coder=PickleCoder())
    day = Day(lake, stream, position)
    day.watermark(0)
    story(day)
    stream.advance_watermark_to_infinity()
    options = PipelineOptions(["--streaming"])
    with beam.Pipeline(runner=BundleBasedDirectRunner(), options=options) as pipeline:
        outputs = pipeline | stream | StageAndCommit(lake, trigger_seconds=1.0)
        panes = outputs[RESULTS] | WindowedFigures(partial(publish, lake), allowed_lateness_seconds=LATENESS)
        _ = panes | beam.ParDo(Keep(name))
    return _panes.pop(name)


def told(panes: Sequence[Pane]) -> list[tuple[Timing, int, Decimal]]:
    """Timing, minute after noon and usage of each pane."""
    return [(p.timing, round((p.minute - NOON).total_seconds() / 60), p.figures["usage"]) for p in panes]


def stands(lake: Lakehouse) -> dict[int, Decimal]:
    rows = lake.scan(gold.LIVE_SALES).select("minute", "usage").collect().rows()
    for law in (conserved, exactly_once):
        assert law(lake).breaches == ()
    return {round((minute - NOON).total_seconds() / 60): usage for minute, usage in rows}


def test_early_panes_then_one_on_time(lake: Lakehouse) -> None:
    def story(day: Day) -> None:
        day.deliver(("a", 1, 0.1))
        day.deliver(("b", 2, 0.9))
        day.watermark(1.5)

    panes = told(run(lake, story))
    assert panes[-1] == (Timing.ON_TIME, 0, 3)
    assert (Timing.EARLY, 0, 1) in panes
    assert {timing for timing, *_ in panes[:-1]} == {Timing.EARLY}
    assert stands(lake) == {0: 3}


def test_a_late_event_fires_its_minute_again(lake: Lakehouse) -> None:
    def story(day: Day) -> None:
        day.deliver(("a", 1, 0.1))
        day.watermark(3)
        day.deliver(("b", 2, 0.5), ("c", 4, 3.5))
        day.watermark(5)

    panes = told(run(lake, story))
    assert (Timing.ON_TIME, 0, 1) in panes
    assert (Timing.LATE, 0, 3) in panes
    assert (Timing.ON_TIME, 3, 4) in panes
    assert stands(lake) == {0: 3, 3: 4}


def test_an_event_that_is_too_late_fires_nothing_and_is_counted(lake: Lakehouse) -> None:
    def story(day: Day) -> None:
        day.deliver(("a", 1, 0.1))
        day.watermark(1 + LATENESS / 60 + 1)
        day.deliver(("b", 2, 0.5))

    panes = told(run(lake, story))
    assert panes[-1] == (Timing.ON_TIME, 0, 1)
    assert stands(lake) == {0: 3}


def test_a_repeat_in_a_later_window_changes_nothing(lake: Lakehouse) -> None:
    def story(day: Day) -> None:
        day.deliver(("a", 1, 0.1), ("a", 1, 0.1))
        day.watermark(2)
        day.deliver(("a", 1, 0.1), ("b", 5, 2.5))
        day.watermark(4)

    panes = told(run(lake, story))
    assert [pane for pane in panes if pane[1] == 0 and pane[0] is not Timing.EARLY] == [(Timing.ON_TIME, 0, 1)]
    assert stands(lake) == {0: 1, 2: 5}


def test_a_repeat_after_a_restart_changes_nothing(lake: Lakehouse) -> None:
    run(lake, lambda day: day.deliver(("a", 1, 0.1), ("b", 2, 1.1)))
    panes = told(run(lake, lambda day: day.deliver(("b", 2, 1.1), ("a", 1, 0.1), ("c", 4, 1.2))))
    assert {(minute, usage) for _, minute, usage in panes} == {(1, 6)}
    assert stands(lake) == {0: 1, 1: 6}


def test_a_job_that_died_between_commit_and_publication_is_made_good(lake: Lakehouse) -> None:
    def dies() -> None:
        raise RuntimeError("killed")

    def story(day: Day) -> None:
        day.deliver(("a", 1, 0.1))

    prepare(lake, ["native"])
    stream = testing.TestStream(coder=PickleCoder())
    story(Day(lake, stream, 0))
    stream.advance_watermark_to_infinity()
    pipeline = beam.Pipeline(runner=BundleBasedDirectRunner(), options=PipelineOptions(["--streaming"]))
    _ = (pipeline | stream | StageAndCommit(lake, trigger_seconds=1.0))[RESULTS] | WindowedFigures(dies)
    with pytest.raises(RuntimeError, match="killed"):
        pipeline.run().wait_until_finish()
    assert lake.open(bronze.EVENTS).count() == 1
    panes = run(lake, lambda day: day.deliver(("b", 2, 0.2)))
    assert told(panes)[-1][1:] == (0, 3)
    assert stands(lake) == {0: 3}
