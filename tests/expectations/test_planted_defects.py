"""Each expectation catches the defect it is there for, and names the row."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from expectations.declared import OTHER_CURRENCY
from expectations.gate import judge
from expectations.report import GateReport
from expectations.suites import SUITES, suite_of
from lakehouse.table import Table
from lakehouse.tables import gold, ops, silver
from tests.expectations import gold_defects, silver_defects
from tests.expectations.books import BOOK, JAN
from tests.expectations.books import table as rows_of
from tests.expectations.facts import fact

Frames = dict[str, pl.DataFrame]
BAD = "stripe|evt_1|bad"


def keys(report: GateReport, name: str) -> tuple[str, ...]:
    return next(result.sample_keys for result in report.results if result.expectation.name == name)


def names(case: Any) -> str:
    return case.qualified_name if isinstance(case, Table) else str(case)


@pytest.mark.parametrize(("table", "expectation"), silver_defects.DEFECTS, ids=names)
def test_silver_defect_is_caught(table: Table, expectation: str, sound: Frames, around: Frames) -> None:
    other = {"line_number": 2} if table is silver.DOCUMENT_LINES else {}
    bad = fact(table, **({"row_key": BAD} | other | silver_defects.DEFECTS[table, expectation]))
    report = judge(table, pl.concat([sound[table.qualified_name], bad]), context_of(table, around))
    assert keys(report, expectation) == (BAD,)
    rejects = next(e.rejects for e in suite_of(table).expectations if e.name == expectation)
    assert (f"GATE_{expectation.upper()}" in report.rejected.get_column("code").to_list()) is rejects
    assert set(report.rejected.get_column("row_key")) <= {BAD}


@pytest.mark.parametrize(("table", "expectation"), gold_defects.DEFECTS, ids=names)
def test_gold_defect_is_caught(table: Table, expectation: str, sound: Frames, around: Frames) -> None:
    defect = gold_defects.DEFECTS[table, expectation]
    frame = defect.planted(table, sound[table.qualified_name])
    context = context_of(table, around)
    if table is gold.JOURNAL:
        context |= {table.qualified_name: frame, ops.PERIOD_LOG.qualified_name: january_closed_in_may()}
    report = judge(table, frame, context)
    assert defect.key in keys(report, expectation)
    blocks = next(e.blocks for e in suite_of(table).expectations if e.name == expectation)
    assert (expectation in {result.expectation.name for result in report.blocking}) is blocks
    assert report.rejected.is_empty()


def test_two_lines_of_one_number_are_both_named(sound: Frames) -> None:
    table = silver.DOCUMENT_LINES
    report = judge(table, pl.concat([sound[table.qualified_name], fact(table, row_key=BAD)]), {})
    assert set(keys(report, "line_number_is_unique")) == {"stripe|evt_1|sound", BAD}


@pytest.mark.parametrize("table", [t for t in SUITES if t.startswith(("silver", "gold"))])
def test_what_is_declared_is_expected(table: str, sound: Frames, around: Frames) -> None:
    declared, rows = _declared_defects(SUITES[table].table, sound[table])
    report = judge(SUITES[table].table, rows, context_of(SUITES[table].table, around))
    assert [name for name in declared if not report.failed(name)] == []


def test_every_expectation_has_a_planted_defect(sound: Frames) -> None:
    planted = {(t.qualified_name, name) for t, name in (*silver_defects.DEFECTS, *gold_defects.DEFECTS)}
    planted |= {(t, name) for t in SUITES for name in _declared_defects(SUITES[t].table, sound[t])[0]}
    planted |= {("silver.document_lines", "line_number_is_unique")}
    assert {(t, e.name) for t, suite in SUITES.items() for e in suite.expectations} - planted == set()


def context_of(table: Table, around: Frames) -> Frames:
    reads = {read.table.qualified_name for read in suite_of(table).reads}
    return {name: frame for name, frame in around.items() if name in reads}


def january_closed_in_may() -> pl.DataFrame:
    close = {"module": "revenue", "period": JAN, "sequence": 1, "action": "close", "preparer": "ada"}
    return rows_of(
        ops.PERIOD_LOG,
        [{k: v for k, v in BOOK.items() if k != "currency"} | close],
        recorded_at=datetime(2025, 5, 1, tzinfo=UTC),
    )


def _declared_defects(table: Table, sound: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    """Names of the expectations that follow from a declaration, and the sound rows with one bad row for each."""
    row = sound.row(0, named=True)
    values = {"required_columns_filled": {next(c for c in table.required_columns if c not in table.key): None}}
    if silver.CHANGED_COLUMNS in table.column_names:
        values["changed_columns_are_columns"] = {silver.CHANGED_COLUMNS: "colour"}
    if table.whole_columns:
        values["whole_state_is_filled"] = {table.whole_columns[0]: None}
    for column in table.columns:
        if column.allowed:
            values[f"{column.name}_in_closed_set"] = {column.name: "nonsense"}
        if column.name == "currency" or column.name.endswith("_currency"):
            values[f"{column.name}_is_iso_4217"] = {column.name: "XYZ"}
    money = [c.name for c in table.columns if c.kind == "money" and c.name not in OTHER_CURRENCY]
    if money and "currency" in table.column_names:
        values["amounts_in_whole_minor_units"] = {money[0]: Decimal("0.001"), "currency": "USD"}
    if table.layer == "silver":
        values["row_key_names_its_event"] = {"row_key": "shopify|evt_1|x"}
    values["key_is_unique"] = {}
    bad = pl.DataFrame([row | change for change in values.values()], schema=table.polars_schema())
    return list(values), pl.concat([sound, bad])
