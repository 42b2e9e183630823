"""The live figures as a stream of panes: what a minute stands at, and whether it may still change.

    results of commits -> Publish (count what was committed) -> minute windows -> newest figures of each -> panes

The windows decide when a figure is told; silver's log decides what it is (`publish`). So a pane never counts a repeat,
whatever the runner does or however often it begins again, and a fact that comes too late for a pane is in the table all the
same. A restart may tell a pane again with the same figures, or leave one out; the table is what counts.

EARLY panes come while the minute's watermark has not passed, one ON_TIME when it has, LATE ones for each change until
`allowed_lateness` is over; after that a change fires no pane.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import apache_beam as beam
import polars as pl
from apache_beam.metrics import Metrics
from apache_beam.transforms import trigger
from apache_beam.transforms.window import FixedWindows, TimestampedValue
from apache_beam.utils.windowed_value import PaneInfoTiming

from lakehouse.tables import gold
from pipelines.observe import NAMESPACE

MINUTE_SECONDS = 60
_OF_A_MINUTE = tuple(name for name in gold.LIVE_SALES.key if name != "minute")


class Published(Protocol):
    """What a publication changed: rows of gold.live_sales, at which version of it (None where nothing changed)."""

    @property
    def version(self) -> int | None: ...

    @property
    def changed(self) -> pl.DataFrame: ...


class Timing(StrEnum):
    """EARLY: the minute is not over yet. ON_TIME: it is. LATE: it was, and changed."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


_TIMINGS = {PaneInfoTiming.EARLY: Timing.EARLY, PaneInfoTiming.ON_TIME: Timing.ON_TIME}


@dataclass(frozen=True)
class Pane:
    """A row of gold.live_sales at one version of the table, and how final it is."""

    timing: Timing
    version: int
    figures: dict[str, Any]

    @property
    def minute(self) -> datetime:
        moment: datetime = self.figures["minute"]
        return moment


class WindowedFigures(beam.PTransform):  # type: ignore[misc]
    """Results of commits to `Pane`s. `publish` brings gold.live_sales up to silver and says what changed."""

    def __init__(
        self, publish: Callable[[], Published], *, early_seconds: float = 1.0, allowed_lateness_seconds: int = 3600
    ) -> None:
        super().__init__()
        self._publish = publish
        self._early_seconds = math.ceil(early_seconds)
        self._allowed_lateness = allowed_lateness_seconds

    def expand(self, results: beam.PCollection) -> beam.PCollection:
        return (
            results
            | "Publish" >> beam.ParDo(_Publish(self._publish))
            | "ByMinute"
            >> beam.WindowInto(
                FixedWindows(MINUTE_SECONDS),
                trigger=trigger.AfterWatermark(
                    early=trigger.AfterProcessingTime(self._early_seconds), late=trigger.AfterCount(1)
                ),
                accumulation_mode=trigger.AccumulationMode.ACCUMULATING,
                allowed_lateness=self._allowed_lateness,
            )
            | "Newest" >> beam.CombinePerKey(_newest)
            | "ToPanes" >> beam.ParDo(_ToPane())
        )


class _Publish(beam.DoFn):  # type: ignore[misc]
    def __init__(self, publish: Callable[[], Published]) -> None:
        self._publish = publish

    def process(self, result: object) -> Iterator[TimestampedValue]:
        published = self._publish()
        if published.version is None:
            return
        for row in published.changed.iter_rows(named=True):
            key = tuple(row[name] for name in _OF_A_MINUTE)
            yield TimestampedValue((key, (published.version, row)), row["minute"].timestamp())


def _newest(told: Iterable[tuple[int, dict[str, Any]]]) -> tuple[int, dict[str, Any]] | None:
    return max((item for item in told if item), key=lambda item: item[0], default=None)


class _ToPane(beam.DoFn):  # type: ignore[misc]
    def process(
        self,
        element: tuple[Any, tuple[int, dict[str, Any]]],
        pane: Any = beam.DoFn.PaneInfoParam,
    ) -> Iterator[Pane]:
        version, figures = element[1]
        timing = _TIMINGS.get(pane.timing, Timing.LATE)
        Metrics.counter(NAMESPACE, f"panes_{timing}").inc()
        yield Pane(timing, version, figures)
