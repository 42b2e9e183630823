"""The gate on a lakehouse: what it writes, what it reads, and that repeating it changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl

from expectations.gate import run_gate
from expectations.report import GateReport
from expectations.watermarks import compact_results, watermarks
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import ops, quarantine, silver
from tests.expectations.facts import fact

NOW = datetime(2025, 6, 1, tzinfo=UTC)
NEGATIVE = {"row_key": "stripe|evt_2|cash", "source_event_id": "evt_2", "amount": Decimal(-1), "amount_refunded": None}


def gate(lake: Lakehouse, table: Table, run: str) -> GateReport:
    """A gate as a run calls it: from where the table last passed."""
    mark = watermarks(lake).get(table.qualified_name)
    return run_gate(
        lake,
        table,
        run_id=run,
        now=NOW,
        after_version=mark.version if mark else None,
        seen=mark.context_versions if mark else None,
    )


def rejected(lake: Lakehouse) -> pl.DataFrame:
    return lake.scan(quarantine.REJECTED).collect()


def test_failing_row_is_quarantined_by_key_and_the_rest_goes_on(lake: Lakehouse) -> None:
    lake.append(silver.CASH, pl.concat([fact(silver.CASH), fact(silver.CASH, **NEGATIVE)]))
    report = gate(lake, silver.CASH, "run-1")
    row = rejected(lake).row(0, named=True)
    assert report.passes
    assert rejected(lake).height == 1
    assert row["quarantine_key"] == "gate|silver.cash|stripe|evt_2|cash|amount_not_negative"
    assert (row["stage"], row["split"], row["row_key"]) == ("gate", "silver.cash", "stripe|evt_2|cash")
    assert row["code"] == "GATE_AMOUNT_NOT_NEGATIVE"
    assert row["message"] == "An amount of cash is nothing or more. Here kind = payment, amount = -1.0000."
    assert row["rejected_at"] == NOW


def test_results_are_written_down(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH, **NEGATIVE))
    report = gate(lake, silver.CASH, "run-1")
    results = lake.scan(ops.GATE_RESULTS).collect()
    failed = results.filter(~pl.col("success")).row(0, named=True)
    assert results.height == len(report.results)
    assert failed["expectation"] == "amount_not_negative"
    assert (failed["rows_judged"], failed["rows_failing"]) == (1, 1)
    assert failed["sample_keys"] == "stripe|evt_2|cash"
    assert failed["table_version"] == lake.version(silver.CASH)


def test_repeated_gate_adds_nothing_to_quarantine(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH, **NEGATIVE))
    for run in ("run-1", "run-2"):
        run_gate(lake, silver.CASH, run_id=run, now=NOW, after_version=None)
    assert rejected(lake).height == 1


def test_gate_judges_only_what_is_new(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH, **NEGATIVE))
    gate(lake, silver.CASH, "run-1")
    lake.append(silver.CASH, fact(silver.CASH))
    report = gate(lake, silver.CASH, "run-2")
    assert report.rows_judged == 1
    assert not report.failures


def test_table_that_gained_nothing_gets_no_results(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH))
    gate(lake, silver.CASH, "run-1")
    before = lake.version(ops.GATE_RESULTS)
    assert gate(lake, silver.CASH, "run-2").rows_judged == 0
    assert lake.version(ops.GATE_RESULTS) == before


def test_table_that_does_not_exist_passes_empty(lake: Lakehouse) -> None:
    report = gate(lake, silver.ESTIMATES, "run-1")
    assert (report.rows_judged, report.table_version, report.passes) == (0, None, True)
    assert not lake.exists(ops.GATE_RESULTS)


def test_blocked_table_is_judged_again_from_where_it_passed(lake: Lakehouse) -> None:
    lake.append(silver.CASH, fact(silver.CASH))
    gate(lake, silver.CASH, "run-1")
    passed = lake.version(silver.CASH)
    # The same key in two files: what only a writer past the fence can do.
    twice = fact(silver.CASH, row_key="stripe|evt_1|twice")
    lake.replace(silver.CASH, pl.concat([fact(silver.CASH), twice, twice]))
    for run in ("run-2", "run-3"):
        report = gate(lake, silver.CASH, run)
        assert [result.expectation.name for result in report.blocking] == ["key_is_unique"]
        assert watermarks(lake)["silver.cash"].version == passed


def test_results_are_compacted_once_they_are_many_small_files(lake: Lakehouse) -> None:
    for run in ("run-1", "run-2", "run-3"):
        lake.append(silver.CASH, fact(silver.CASH, row_key=f"stripe|evt_1|{run}"))
        gate(lake, silver.CASH, run)
    before = lake.scan(ops.GATE_RESULTS).sort("run_id", "expectation").collect()
    assert not compact_results(lake, many=4)
    assert compact_results(lake, many=3)
    assert len(lake.open(ops.GATE_RESULTS).file_uris()) == 1
    assert lake.scan(ops.GATE_RESULTS).sort("run_id", "expectation").collect().equals(before)
    assert watermarks(lake)["silver.cash"].version == lake.version(silver.CASH)
