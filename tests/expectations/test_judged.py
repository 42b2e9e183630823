"""What a rule may see of silver: as far as it passed, and no further (law 7)."""

from __future__ import annotations

import shutil
from decimal import Decimal

from expectations.judged import JudgedLakehouse
from expectations.watermarks import Watermark, watermarks
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, quarantine, silver
from tests.expectations.facts import fact
from tests.expectations.test_gate import gate


def rows(lake: Lakehouse) -> int:
    return lake.scan(silver.CASH).collect().height


def test_table_that_never_passed_is_empty(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH))
    assert rows(JudgedLakehouse(lake.root)) == 0


def test_rows_committed_after_the_gate_are_not_seen(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH))
    gate(lake, silver.CASH, "run-1")
    lake.append(silver.CASH, fact(silver.CASH, row_key="stripe|evt_1|late"))
    judged = JudgedLakehouse(lake.root)
    assert (rows(judged), rows(judged.everything)) == (1, 2)
    version = lake.version(silver.CASH)
    assert version is not None
    judged.let_through(silver.CASH, Watermark(version, {}))
    assert rows(judged) == 2


def test_added_rows_end_where_the_table_passed(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH))
    first = lake.version(silver.CASH)
    lake.append(silver.CASH, fact(silver.CASH, row_key="stripe|evt_1|second"))
    gate(lake, silver.CASH, "run-1")
    lake.append(silver.CASH, fact(silver.CASH, row_key="stripe|evt_1|third"))
    added = JudgedLakehouse(lake.root).scan_added(silver.CASH, first).collect()
    assert added.get_column("row_key").to_list() == ["stripe|evt_1|second"]


def test_table_begun_anew_has_not_passed(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH))
    gate(lake, silver.CASH, "run-1")
    assert JudgedLakehouse(lake.root).passed(silver.CASH) is not None
    shutil.rmtree(lake.uri(silver.CASH))
    lake.ensure(silver.CASH)  # version 0 again, below the version that passed
    assert JudgedLakehouse(lake.root).passed(silver.CASH) is None


def test_other_layers_are_seen_whole(lake: Lakehouse) -> None:
    lake.ensure(gold.SALES_DAILY)
    assert JudgedLakehouse(lake.root).version(gold.SALES_DAILY) == 0


def test_quarantine_stands_still_between_gates(lake: Lakehouse) -> None:
    wrong = {"row_key": "stripe|evt_1|wrong", "amount": Decimal(-1), "amount_refunded": None}
    lake.append(silver.CASH, fact(silver.CASH, **wrong))
    gate(lake, silver.CASH, "run-1")
    judged = JudgedLakehouse(lake.root)
    lake.append(silver.CASH, fact(silver.CASH, **(wrong | {"row_key": "stripe|evt_1|worse"})))
    gate(lake, silver.CASH, "run-2")
    assert judged.scan(quarantine.REJECTED).collect().height == 1
    judged.let_through(silver.CASH, watermarks(lake)["silver.cash"])
    assert judged.scan(quarantine.REJECTED).collect().height == 2
