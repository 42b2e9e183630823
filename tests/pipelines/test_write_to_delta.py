"""`WriteToDelta` keeps its contract: each key once, and every row in exactly one of its outputs."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import apache_beam as beam
import polars as pl
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from lakehouse.store import Lakehouse
from pipelines.transforms.write_to_delta import (
    COMMITTED,
    CONFLICTS,
    DUPLICATES,
    FileSize,
    WriteToDelta,
    _CommitFiles,
    _StageBlocks,
)
from tests.lakehouse.facts import TABLE, customers

Rows = dict[str, Counter[tuple[str, str]]]


def identities(frame: pl.DataFrame) -> list[tuple[str, str]]:
    return [(str(key), str(content)) for key, content in frame.select("row_key", "content_hash").iter_rows()]


class _Keep(beam.DoFn):  # type: ignore[misc]
    def __init__(self, folder: str, name: str) -> None:
        self._folder, self._name = folder, name

    def process(self, frame: pl.DataFrame) -> None:
        number = len(list(Path(self._folder).iterdir()))
        frame.write_parquet(Path(self._folder) / f"{self._name}-{number}.parquet")


def write(lake: Lakehouse, blocks: list[pl.DataFrame], **options: Any) -> Rows:
    """Run the transform over the blocks; what came out of each output."""
    with tempfile.TemporaryDirectory() as folder:
        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            outputs = pipeline | beam.Create(blocks, reshuffle=False) | WriteToDelta(lake, TABLE, **options)
            for name, rows in outputs.items():
                _ = rows | f"Keep {name}" >> beam.ParDo(_Keep(folder, name))
        found: Rows = {name: Counter() for name in (COMMITTED, DUPLICATES, CONFLICTS)}
        for path in Path(folder).iterdir():
            found[path.name.partition("-")[0]].update(identities(pl.read_parquet(path)))
    return found


def test_new_rows_are_committed_and_repeats_come_out_as_duplicates(lake: Lakehouse) -> None:
    first = write(lake, [customers(range(5)), customers(range(3, 8), month=2)])
    assert [sum(first[name].values()) for name in (COMMITTED, DUPLICATES, CONFLICTS)] == [8, 2, 0]
    second = write(lake, [customers(range(10)), customers([0], content="11")])
    assert [sum(second[name].values()) for name in (COMMITTED, DUPLICATES, CONFLICTS)] == [2, 8, 1]
    assert lake.open(TABLE).count() == 10


@settings(max_examples=10)
@given(st.lists(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["00", "11"])), max_size=6), max_size=5))
def test_every_row_comes_out_once_and_every_key_is_held_once(blocks: list[list[tuple[int, str]]]) -> None:
    frames = [pl.concat([TABLE.empty(), *(customers([n], content=content) for n, content in block)]) for block in blocks]
    with tempfile.TemporaryDirectory() as folder:
        lake = Lakehouse(folder)
        found = write(lake, frames, file_size=FileSize(rows=3))
        sent = Counter(identity for frame in frames for identity in identities(frame))
        assert found[COMMITTED] + found[DUPLICATES] + found[CONFLICTS] == sent
        held = lake.scan(TABLE).collect()
        assert Counter(identities(held)) == found[COMMITTED]
        assert held.get_column("row_key").is_unique().all()
        assert set(held.get_column("row_key")) == {key for key, _ in sent}


def test_files_are_closed_at_a_number_of_rows(lake: Lakehouse) -> None:
    write(lake, [customers(range(25))], file_size=FileSize(rows=10))
    assert sorted(lake.open(TABLE).get_add_actions().column("num_records").to_pylist()) == [5, 10, 10]
    assert lake.open(TABLE).version() == 1  # one commit for all of them


def test_blocks_of_a_bundle_share_a_file_until_it_is_large_enough(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    staging = _StageBlocks(lake, TABLE, FileSize(bytes=10_000_000))
    staging.start_bundle()
    assert [output for n in range(5) for output in staging.process(customers([n]))] == []
    (closed,) = staging.finish_bundle()
    assert closed.value[1].rows == 5
    late = _StageBlocks(lake, TABLE, FileSize(seconds=0.0))
    late.start_bundle()
    assert [file.rows for n in range(3) for _, file in late.process(customers([n]))] == [1, 1, 1]


@pytest.mark.parametrize("held_before", [range(0), range(4)], ids=["whole file", "rewritten file"])
def test_a_commit_that_a_runner_repeats_gives_the_same_rows_and_hurts_no_file(lake: Lakehouse, held_before: range) -> None:
    lake.ensure(TABLE)
    staging = _StageBlocks(lake, TABLE, FileSize())
    staging.start_bundle()
    assert list(staging.process(customers(range(10)))) == []
    element = [output.value for output in staging.finish_bundle()]
    if held_before:
        write(lake, [customers(held_before)])

    def commit() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        committed: list[tuple[str, str]] = []
        duplicates: list[tuple[str, str]] = []
        for output in _CommitFiles(lake, TABLE).process((TABLE.qualified_name, [file for _, file in element])):
            tagged = isinstance(output, beam.pvalue.TaggedOutput)
            (duplicates if tagged else committed).extend(identities(output.value if tagged else output))
        return set(committed), set(duplicates)

    before = commit()
    assert len(before[0]) == 10 - len(held_before)
    assert commit() == before
    assert lake.scan(TABLE).collect().height == 10


def test_rows_that_the_table_does_not_allow_stop_the_pipeline(lake: Lakehouse) -> None:
    with pytest.raises(Exception, match="NOT_ALLOWED"):
        write(lake, [customers([1]).with_columns(operation=pl.lit("perhaps"))])
    assert lake.open(TABLE).count() == 0
