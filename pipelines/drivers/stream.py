"""The stream driver: the same graph on a runner that reads by itself - Prism, Flink, Dataflow.

The job runs until it is stopped, or, without `follow`, until the feeds are read. Whatever the runner loses or repeats,
the lakehouse decides where reading goes on (`sources.unbounded`) and what is new (`transforms.commit`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import apache_beam as beam
import polars as pl
from apache_beam.io.unbounded_source import ReadFromUnboundedSource
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineState

from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import ops
from pipelines.feeds import AnyFeed, IngestOptions
from pipelines.job import RESULTS, StageAndCommit
from pipelines.sources.unbounded import FeedSource
from pipelines.transforms.batch import BatchResult
from pipelines.transforms.windowed_figures import Published, WindowedFigures

# How long a reader that found nothing waits before it looks again.
POLL_SECONDS = 0.2
# A busy reader ends its bundle so often: what it gave is then staged.
BUNDLE_SECONDS = 2.0
WATCH_SECONDS = 0.5


def run_stream(
    lake: Lakehouse,
    feeds: Sequence[AnyFeed],
    options: IngestOptions,
    beam_args: Sequence[str],
    *,
    stop: threading.Event | None = None,
    publish: Callable[[], Published] | None = None,
) -> PipelineState:
    """Run the job on the runner that `beam_args` name; returns its last state (DONE, or CANCELLED where it was stopped).

    `publish` brings the live figures up to what was committed; it is called on the runner's workers.
    The tables must exist (`ingest.prepare`). Raises RtrError STREAM_FAILED where the runner gives up.
    """
    stop = stop or threading.Event()
    pipeline = build(lake, feeds, options, beam_args, publish)
    try:
        result = pipeline.run()
        while not PipelineState.is_terminal(result.state):
            if stop.wait(WATCH_SECONDS):
                result.cancel()
                return PipelineState.CANCELLED
        state = result.state
    except RtrError:
        raise
    except Exception as error:
        raise RtrError(
            "STREAM_FAILED",
            f"The runner gave up: {error}",
            "Look at the runner's log, then run the same command again: it goes on where the lakehouse stands.",
        ) from error
    if state != PipelineState.DONE:
        raise RtrError(
            "STREAM_FAILED",
            f"The runner ended in state {state}.",
            "Look at the runner's log, then run the same command again: it goes on where the lakehouse stands.",
        )
    return state


def build(
    lake: Lakehouse,
    feeds: Sequence[AnyFeed],
    options: IngestOptions,
    beam_args: Sequence[str],
    publish: Callable[[], Published] | None = None,
) -> beam.Pipeline:
    """The pipeline of the stream."""
    pipeline = beam.Pipeline(options=PipelineOptions(["--streaming", *beam_args]))
    read = [
        pipeline
        | f"Read {number}"
        >> ReadFromUnboundedSource(
            FeedSource(lake, feed, options), poll_interval=POLL_SECONDS, max_read_time_seconds=BUNDLE_SECONDS
        )
        for number, feed in enumerate(feeds)
    ]
    outputs = (
        read
        | "AllFeeds" >> beam.Flatten()
        | "StageAndCommit" >> StageAndCommit(lake, trigger_seconds=options.trigger_seconds)
    )
    _ = outputs[RESULTS] | "Record" >> beam.ParDo(RecordFn(lake, options.record_seconds))
    if publish:
        _ = outputs[RESULTS] | "Live" >> WindowedFigures(publish, early_seconds=options.trigger_seconds)
    return pipeline


class RecordFn(beam.DoFn):  # type: ignore[misc]
    """Keeps what the batches did in `ops.ingest_batches`, for those who watch; a crash may take the last of it."""

    def __init__(self, lake: Lakehouse, every_seconds: float) -> None:
        self._lake = lake
        self._every_seconds = every_seconds

    def setup(self) -> None:
        self._rows: list[dict[str, object]] = []
        self._written = time.monotonic()

    def process(self, result: BatchResult) -> Iterator[Any]:
        self._rows.append({name: getattr(result, name) for name in ops.INGEST_BATCHES.column_names})
        if time.monotonic() - self._written > self._every_seconds:
            self._flush()
        yield result

    def teardown(self) -> None:
        self._flush()

    def _flush(self) -> None:
        self._written = time.monotonic()
        if self._rows:
            rows, self._rows = pl.DataFrame(self._rows, infer_schema_length=None), []
            self._lake.append(ops.INGEST_BATCHES, rows)


logging.getLogger("apache_beam.runners.portability").setLevel(logging.WARNING)
