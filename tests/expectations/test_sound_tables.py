"""Sound tables pass: an expectation that fails on them would block a company whose books are right."""

from __future__ import annotations

import polars as pl
import pytest

from expectations.gate import judge
from expectations.suites import SUITES
from lakehouse.table import Table
from lakehouse.tables import gold, silver

Frames = dict[str, pl.DataFrame]
TABLES = silver.TABLES + gold.TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.qualified_name)
def test_sound_rows_pass_every_expectation(table: Table, sound: Frames, around: Frames) -> None:
    context = {
        read.table.qualified_name: around.get(read.table.qualified_name) for read in SUITES[table.qualified_name].reads
    }
    report = judge(table, sound[table.qualified_name], {k: v for k, v in context.items() if v is not None})
    assert [result.expectation.name for result in report.failures] == []
    assert report.rejected.is_empty()
    assert report.rows_judged == sound[table.qualified_name].height


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.qualified_name)
def test_empty_table_passes(table: Table) -> None:
    report = judge(table, table.empty(), {})
    assert report.passes
    assert not report.failures


def test_every_declared_table_has_a_suite() -> None:
    assert set(SUITES) == {table.qualified_name for table in TABLES}
