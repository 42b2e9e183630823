"""A table of an earlier time gets the columns that were declared since, whoever comes first."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from deltalake.exceptions import DeltaError

from lakehouse.catalogue import connect
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.table import Column, Table
from lakehouse.tables import gold, silver
from lakehouse.types import Kind
from tests.lakehouse.facts import TABLE, customers

ROOT = Path(__file__).resolve().parents[2]
# Declared in the middle, at the end, and required.
LATER = replace(
    TABLE,
    columns=(
        *TABLE.columns[:3],
        Column("score", Kind.RATE, "Declared later, in the middle."),
        *TABLE.columns[3:],
        Column("tier", Kind.STRING, "Declared later, at the end.", required=True),
    ),
)


def with_later(first: int, count: int) -> pl.DataFrame:
    return LATER.conform(customers(range(first, first + count)).with_columns(score=pl.lit("1.5"), tier=pl.lit("gold")))


def fresh(lake: Lakehouse) -> Lakehouse:
    """The same place, as another process sees it."""
    return Lakehouse(lake.root, lake.storage_options)


def test_old_rows_are_empty_and_new_rows_are_filled(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(3)))
    later = fresh(lake)
    later.append(LATER, with_later(2, 3))
    rows = later.scan(LATER).sort("row_key").collect()
    assert rows.columns == LATER.column_names
    assert rows["tier"].to_list() == [None, None, None, "gold", "gold"]
    assert rows["score"].to_list() == [None, None, None, Decimal("1.5"), Decimal("1.5")]
    later.open(LATER).optimize.compact()
    assert later.scan(LATER).sort("row_key").collect().equals(rows)


def test_a_reader_of_an_earlier_or_later_time_sees_the_columns_it_knows(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(2)))
    assert fresh(lake).scan(LATER).collect()["tier"].to_list() == [None, None]
    fresh(lake).append(LATER, with_later(2, 1))
    assert fresh(lake).scan(TABLE).collect().columns == TABLE.column_names
    assert fresh(lake).append(TABLE, customers(range(9, 10))).appended == 1


def test_a_type_that_changed_is_refused(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    changed = replace(TABLE, columns=tuple(replace(c, kind=Kind.INTEGER) if c.name == "name" else c for c in TABLE.columns))
    with pytest.raises(RtrError, match="COLUMN_TYPE_CHANGED"):
        fresh(lake).ensure(changed)


@pytest.mark.parametrize(("table", "remedy"), [(TABLE, "another version"), (gold.CONTRACTS, "--full")])
def test_partitions_that_changed_are_refused(lake: Lakehouse, table: Table, remedy: str) -> None:
    lake.ensure(replace(table, partition_by=("legal_entity_id",)))
    with pytest.raises(RtrError, match="PARTITIONS_CHANGED") as raised:
        fresh(lake).ensure(table)
    assert remedy in str(raised.value)


def test_a_declared_silver_table_is_evolved_for_sql_as_well(lake: Lakehouse) -> None:
    early = replace(silver.USAGE, columns=tuple(c for c in silver.USAGE.columns if c.name not in ("unit", "dimensions")))
    lake.ensure(early)
    later = fresh(lake)
    later.ensure(silver.USAGE)
    described = connect(later).sql("describe silver.usage").fetchall()
    assert {row[0] for row in described} == set(silver.USAGE.column_names)
    assert later.open(silver.USAGE).protocol().min_reader_version == 1


TWO_AT_ONCE = """
import sys
from lakehouse.store import Lakehouse
from tests.lakehouse.test_evolution import LATER, with_later
lake = Lakehouse(sys.argv[1])
sys.stdin.readline()
lake.append(LATER, with_later(int(sys.argv[2]), 5))
"""


@pytest.mark.local_store
def test_two_processes_at_once(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(3)))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", TWO_AT_ONCE, lake.root, str(first)], cwd=ROOT, stdin=subprocess.PIPE, text=True
        )
        for first in (10, 12)
    ]
    for process in running:  # both are loaded before either begins
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.wait(120) for process in running] == [0, 0]
    rows = fresh(lake).scan(LATER).collect()
    assert rows.height == 3 + 7
    assert rows["row_key"].is_unique().all()
    assert [field.name for field in lake.open(LATER).schema().fields].count("tier") == 1


@pytest.mark.local_store
def test_a_folder_without_a_first_commit_becomes_a_table(lake: Lakehouse) -> None:
    """As a process leaves it that was killed while it created the table, or has it while it does."""
    (Path(lake.uri(TABLE)) / "_delta_log").mkdir(parents=True)
    assert lake.append(TABLE, customers(range(2))).appended == 2


def test_a_conflict_while_it_evolves_is_tried_again(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.ensure(TABLE)
    later = fresh(lake)
    opened = later.open
    calls = []

    def other_was_quicker(table: Table) -> object:
        calls.append(table)
        if len(calls) == 1:
            fresh(lake).ensure(LATER)
            raise DeltaError("conflict")
        return opened(table)

    monkeypatch.setattr(later, "open", other_was_quicker)
    later.ensure(LATER)
    assert len(calls) == 2
    assert len(opened(LATER).schema().fields) == len(LATER.columns)
