"""What the batches of a run did and how far each split was read, kept for those who watch; no proof rests on it."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from lakehouse.store import Lakehouse
from lakehouse.tables import ops
from pipelines.sources.source import Source
from pipelines.transforms.batch import BatchResult


class Recorder:
    """Gathers results and appends them now and then: a commit for every batch would cost more than it tells."""

    def __init__(self, lake: Lakehouse, sources: list[Source]) -> None:
        self._lake = lake
        self._sources = sources
        self._batches: list[dict[str, object]] = []
        self._ends: dict[tuple[str, str], int] = {}

    def add(self, result: BatchResult) -> None:
        self._batches.append({name: getattr(result, name) for name in ops.INGEST_BATCHES.column_names})
        self._ends |= result.ends

    def flush(self, now: datetime) -> None:
        """Append what was gathered to `ops.ingest_batches` and `ops.positions`."""
        if not self._batches:
            return
        positions = [self._position(source, split, end, now) for (source, split), end in self._ends.items()]
        batches = pl.DataFrame(self._batches, infer_schema_length=None)
        self._batches, self._ends = [], {}
        self._lake.append(ops.INGEST_BATCHES, batches)
        self._lake.append(ops.POSITIONS, pl.DataFrame(positions, infer_schema_length=None))

    def _position(self, system: str, split: str, end: int, now: datetime) -> dict[str, object]:
        state = next(s for source in self._sources if source.system == system and (s := source.describe(split, end)))
        return {
            "source": system,
            "split": split,
            "sequence": int(now.timestamp() * 1_000_000),
            "size": state.size,
            "etag": state.etag,
            "position": end,
            "complete": state.complete,
            "recorded_at": now,
        }
