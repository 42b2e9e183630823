"""The gate between two stages: what fails is named, kept back and written down (law 7).

`judge` is a function of frames. `run_gate` reads what is new, judges it, puts failing rows into quarantine and every
result into ops.gate_results. Both may be repeated: a row is quarantined once for each expectation that it breaks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from expectations.engine import ROW, judge_controls
from expectations.expectation import Judged
from expectations.rejection import rejections
from expectations.report import SAMPLE, GateReport, Result
from expectations.slices import read_slice
from expectations.suite import Context, View
from expectations.suites import suite_of
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import ops, quarantine
from lakehouse.types import POLARS_TYPES, Kind

KEY_SEPARATOR = "|"
# A control column stands beside the view's columns, so its name must not be one of theirs.
CONTROL = "control:"


def judge(table: Table, frame: pl.DataFrame, context_frames: Mapping[str, pl.DataFrame]) -> GateReport:
    """Judge rows of a table by its suite.

    `frame` has the declared columns; `context_frames` holds the other tables that the suite reads, by qualified name,
    with at least the columns that it names. A table that is absent counts as empty: what needs it waits.
    """
    suite = suite_of(table)
    context: Context = {read.table.qualified_name: read.table.empty() for read in suite.reads} | dict(context_frames)
    results: list[Result] = []
    rejected = [quarantine.REJECTED.empty()]
    for view in suite.views:
        rows = _with_controls(view, view.prepare(frame, context))
        for verdict in judge_controls(_controls(view, rows), view.expectations):
            failing = rows.filter(pl.col(ROW).is_in(verdict.failing_keys)) if verdict.failing_keys else rows.clear()
            results.append(Result(verdict.expectation, rows.height, failing.height, verdict.failing_keys[:SAMPLE]))
            if verdict.expectation.rejects and verdict.failing_keys:
                rejected.append(rejections(table, verdict.expectation, failing))
    return GateReport(table, frame.height, tuple(results), pl.concat(rejected))


def run_gate(
    lake: Lakehouse,
    table: Table,
    *,
    run_id: str,
    now: datetime,
    after_version: int | None,
    seen: Mapping[str, int] | None = None,
) -> GateReport:
    """Judge what a table has gained since `after_version` (all of it when None), and keep what was found.

    `seen` has the versions of the other tables at that time, by qualified name, as `expectations.watermarks` gives them.
    Rows rejected go to quarantine.rejected, results to ops.gate_results; a table that gained nothing gets no results.
    """
    suite = suite_of(table)
    piece = read_slice(lake, suite, after_version=after_version, seen=seen or {})
    report = judge(table, piece.frame, piece.context)
    if report.failures and not piece.exact:
        piece = read_slice(lake, suite, after_version=after_version, seen=seen or {}, exact=True)
        report = judge(table, piece.frame, piece.context)
    stamped = report.rejected.with_columns(rejected_at=pl.lit(now, POLARS_TYPES[Kind.TIMESTAMP]))
    report = replace(report, rejected=stamped, table_version=piece.table_version, context_versions=piece.context_versions)
    if report.rejected.height:
        lake.append(quarantine.REJECTED, report.rejected)
    if piece.frame.height or piece.table_version != after_version:
        lake.append(ops.GATE_RESULTS, result_rows(report, run_id, now))
    return report


def result_rows(report: GateReport, run_id: str, now: datetime) -> pl.DataFrame:
    """The results of a gate as rows of ops.gate_results."""
    versions = json.dumps(report.context_versions, sort_keys=True) if report.context_versions else None
    rows = [
        {
            "run_id": run_id,
            "table_name": report.table.qualified_name,
            "expectation": result.expectation.name,
            "description": result.expectation.description,
            "severity": str(result.expectation.severity),
            "success": result.success,
            "rows_judged": result.rows_judged,
            "rows_failing": result.rows_failing,
            "sample_keys": ",".join(result.sample_keys) or None,
            "table_version": report.table_version,
            "context_versions": versions,
            "judged_at": now,
        }
        for result in report.results
    ]
    return pl.DataFrame(rows, schema=ops.GATE_RESULTS.polars_schema())


def _with_controls(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a view with the name of each row and a control column for each expectation, prefixed."""
    key = [pl.col(name).cast(pl.String).fill_null("") for name in view.key]
    name = key[0] if len(key) == 1 else pl.concat_str(key, separator=KEY_SEPARATOR)
    return rows.with_columns(
        name.alias(ROW),
        *(e.control.alias(CONTROL + e.name) for e in view.expectations if e.judged is not Judged.UNIQUE),
    )


def _controls(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        ROW, *(pl.col(CONTROL + e.name).alias(e.name) for e in view.expectations if e.judged is not Judged.UNIQUE)
    )
