"""The gates as blocking asset checks: one for each silver and gold table.

Annotations are evaluated here: Dagster looks at the type of `context` itself, not at its name.
"""

from datetime import UTC, datetime

import dagster as dg

from dagster_project.policy import asset_key
from expectations.gate import run_gate
from expectations.judged import JudgedLakehouse
from expectations.report import GateReport, Result
from expectations.suites import suite_of
from expectations.watermarks import Watermark
from lakehouse.table import Table

CHECK_NAME = "gate"


def gate_check(table: Table) -> dg.AssetChecksDefinition:
    """The gate of a table: rows that fail are quarantined; a breach of the whole table stops what is downstream."""
    suite = suite_of(table)
    critical = len(suite.blocking)

    @dg.asset_check(
        asset=asset_key(table),
        name=CHECK_NAME,
        blocking=True,
        description=f"{len(suite.expectations)} expectations of {table.qualified_name}, {critical} of which block.",
        metadata={"expectations": dg.MetadataValue.md("\n".join(f"* {e.description}" for e in suite.expectations))},
    )
    def gate(context: dg.AssetCheckExecutionContext, lakehouse: dg.ResourceParam[JudgedLakehouse]) -> dg.AssetCheckResult:
        passed = lakehouse.passed(table)
        report = run_gate(
            lakehouse.everything,
            table,
            run_id=context.run.run_id,
            now=datetime.now(UTC),
            after_version=passed.version if passed else None,
            seen=passed.context_versions if passed else None,
        )
        if report.passes and report.table_version is not None:
            lakehouse.let_through(table, Watermark(report.table_version, report.context_versions or {}))
        return check_result(report)

    return gate


def check_result(report: GateReport) -> dg.AssetCheckResult:
    """What the operator sees: ERROR where something must wait, WARN where rows were put aside or somebody should look."""
    severity = dg.AssetCheckSeverity.WARN if report.passes else dg.AssetCheckSeverity.ERROR
    metadata: dict[str, dg.MetadataValue] = {
        "rows_judged": dg.MetadataValue.int(report.rows_judged),
        "rejected_rows": dg.MetadataValue.int(report.rows_rejected),
    }
    if report.table_version is not None:
        metadata["delta_version"] = dg.MetadataValue.int(report.table_version)
    if report.failures:
        metadata["failures"] = dg.MetadataValue.md(failures_markdown(report))
    return dg.AssetCheckResult(
        passed=not report.failures, severity=severity, metadata=metadata, description=summary(report)
    )


def summary(report: GateReport) -> str:
    """One sentence about a gate."""
    if not report.failures:
        return f"Rows judged: {report.rows_judged:,}, all as expected."
    worst = (report.blocking or report.failures)[0]
    return f"{worst.expectation.description} Breached by {worst.rows_failing:,}, such as {', '.join(worst.sample_keys)}."


def failures_markdown(report: GateReport) -> str:
    """What failed: how many, which keys, what to do."""
    lines = ["| expectation | fails | such as | consequence | what to do |", "|---|---|---|---|---|"]
    for result in report.failures:
        keys = "<br>".join(key.replace("|", "\\|") for key in result.sample_keys)
        e = result.expectation
        lines.append(f"| {e.description} | {result.rows_failing:,} | {keys} | {_consequence(result)} | {e.remedy} |")
    return "\n".join(lines)


def _consequence(result: Result) -> str:
    if result.expectation.blocks:
        return "everything downstream waits"
    return "the rows wait in quarantine" if result.expectation.rejects else "none: a warning"
