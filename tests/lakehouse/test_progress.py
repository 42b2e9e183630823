"""Positions move with bronze in one commit: what is covered is never appended again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from lakehouse.errors import CommitError
from lakehouse.progress import StagedRange, commit_ranges, committed_position
from lakehouse.staging import stage
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze

TABLE = bronze.EVENTS


def staged_range(lake: Lakehouse, start: int, end: int, split: str = "a.jsonl") -> StagedRange:
    """A range with a record at every tenth position."""
    positions = np.arange(start, end, 10)
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    frame = TABLE.conform(
        pl.DataFrame({"position": positions}).with_columns(
            source=pl.lit("t"),
            split=pl.lit(split),
            received_at=pl.lit(moment),
            received_day=pl.lit(date(2025, 1, 1)),
            payload=pl.lit(b"{}"),
        )
    )
    return StagedRange("t", split, start, start, end, stage(lake, TABLE, frame)[0], 0, positions)


def test_a_range_read_again_adds_nothing(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    assert commit_ranges(lake, TABLE, [staged_range(lake, 0, 100)]) == 10
    assert commit_ranges(lake, TABLE, [staged_range(lake, 0, 100)]) == 0
    assert committed_position(lake.open(TABLE), "t", "a.jsonl") == 100


def test_of_an_overlapping_range_only_the_rest_is_added(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    commit_ranges(lake, TABLE, [staged_range(lake, 0, 60)])
    assert commit_ranges(lake, TABLE, [staged_range(lake, 0, 100), staged_range(lake, 0, 30, "b.jsonl")]) == 4 + 3
    positions = lake.scan(TABLE).filter(pl.col("split") == "a.jsonl").collect().get_column("position").sort()
    assert positions.to_list() == list(range(0, 100, 10))


def test_a_gap_is_refused(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    with pytest.raises(CommitError, match="POSITION_GAP"):
        commit_ranges(lake, TABLE, [staged_range(lake, 50, 100)])


def test_positions_survive_checkpoint_and_log_cleanup(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    for start in range(0, 300, 100):
        commit_ranges(lake, TABLE, [staged_range(lake, start, start + 100)])
    handle = lake.open(TABLE)
    handle.create_checkpoint()
    handle.cleanup_metadata()
    assert committed_position(lake.open(TABLE), "t", "a.jsonl") == 300
