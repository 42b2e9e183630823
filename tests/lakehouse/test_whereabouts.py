"""A thing is found in the files that hold it, whatever happens to the files meanwhile."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl
import pytest

from bench.prefill import dull_rows
from lakehouse.maintenance import Policy, maintain
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from lakehouse.whereabouts import Whereabouts

COLUMNS = ["object_id", "row_key", "effective_at"]


def told(lake: Lakehouse, first: int, count: int, things: int) -> None:
    """Rows numbered from `first`, of so many things in turns."""
    rows = dull_rows(silver.DOCUMENTS, first, count)
    lake.append(silver.DOCUMENTS, rows.with_columns(object_id=pl.format("thing-{}", pl.int_range(pl.len()) % things)))


def found(place: Whereabouts, lake: Lakehouse, *things: str) -> list[str]:
    version = lake.version(silver.DOCUMENTS)
    assert version is not None
    return sorted(place.rows(pl.Series(things, dtype=pl.String), version, COLUMNS).get_column("row_key"))


def by_scan(lake: Lakehouse, *things: str) -> list[str]:
    rows = lake.scan(silver.DOCUMENTS).filter(pl.col("object_id").is_in(things)).collect()
    return sorted(rows.get_column("row_key"))


@pytest.fixture
def place(lake: Lakehouse) -> Whereabouts:
    return Whereabouts(lake, silver.DOCUMENTS, pl.col("object_id"))


def test_it_finds_what_a_scan_of_the_whole_table_finds(lake: Lakehouse, place: Whereabouts) -> None:
    dice, first = Random(5), 0
    for _ in range(25):
        count = dice.randrange(1, 60)
        told(lake, first, count, dice.randrange(1, 40))
        first += count
        things = [f"thing-{dice.randrange(45)}" for _ in range(dice.randrange(1, 9))]
        assert found(place, lake, *things) == by_scan(lake, *things)
    assert found(place, lake, "nobody") == []


@pytest.mark.local_store
def test_only_files_that_hold_it_are_read(lake: Lakehouse, place: Whereabouts) -> None:
    told(lake, 0, 10, 10)
    told(lake, 10, 3, 3)
    assert len(found(place, lake, "thing-1")) == 2
    (file,) = {path for path in files(lake) if "thing-9" not in pl.read_parquet(path).get_column("object_id")}
    file.unlink()
    assert len(found(place, lake, "thing-9")) == 1


def test_compaction_and_vacuum_move_rows_and_lose_none(lake: Lakehouse, place: Whereabouts) -> None:
    for n in range(4):
        told(lake, 5 * n, 5, 5)
    assert len(found(place, lake, "thing-1")) == 4
    maintain(lake, silver.DOCUMENTS, Policy(min_files=2))
    assert found(place, lake, "thing-1") == by_scan(lake, "thing-1")
    handle = lake.open(silver.DOCUMENTS)
    handle.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    assert found(place, lake, "thing-1") == by_scan(lake, "thing-1")


def test_a_rewritten_table_is_learned_anew(lake: Lakehouse, place: Whereabouts) -> None:
    told(lake, 0, 10, 5)
    assert len(found(place, lake, "thing-1")) == 2
    kept = lake.scan(silver.DOCUMENTS).collect().head(3)
    lake.replace(silver.DOCUMENTS, kept)
    assert found(place, lake, "thing-1", "thing-4") == by_scan(lake, "thing-1", "thing-4")


def test_an_earlier_version_is_looked_up_as_it_was(lake: Lakehouse, place: Whereabouts) -> None:
    told(lake, 0, 4, 2)
    before = lake.version(silver.DOCUMENTS)
    told(lake, 4, 4, 2)
    assert before is not None
    assert len(found(place, lake, "thing-0")) == 4
    assert place.rows(pl.Series(["thing-0"]), before, COLUMNS).height == 2


def files(lake: Lakehouse) -> list[Path]:
    return sorted(Path(lake.uri(silver.DOCUMENTS)).rglob("event_month=*/*.parquet"))
