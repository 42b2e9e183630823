"""What is changed together lies together: rows of a contract in one place, beside those of what began on the same day."""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.incremental.layout import in_order
from assets.incremental.tables import ROWS
from lakehouse.table import Table
from lakehouse.tables import gold


def rows_of(table: Table, **columns: list[object]) -> pl.DataFrame:
    return table.conform(pl.DataFrame(columns))


def test_tables_that_change_by_rows_have_no_partitions() -> None:
    assert [table.name for table in ROWS if table.partition_by] == []


def test_months_of_contracts_lie_by_the_day_on_which_those_began() -> None:
    obligations = rows_of(
        gold.OBLIGATIONS,
        contract_id=["b", "a", "a", "c"],
        booked_on=[date(2024, 1, 3), date(2024, 1, 20), date(2024, 1, 9), date(2023, 12, 31)],
    ).lazy()
    months = [date(2024, 2, 1), date(2024, 1, 1)]
    told = rows_of(gold.RECOGNITION_SCHEDULE, contract_id=[*"aabbccx"], service_period=[*months * 3, months[0]])
    placed = in_order(gold.RECOGNITION_SCHEDULE, told, obligations)
    assert placed.get_column("contract_id").to_list() == [*"ccbbaax"]
    assert placed.sort(pl.all()).equals(told.sort(pl.all()))
