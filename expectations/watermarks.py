"""How far each table has passed its gate, by what ops.gate_results holds.

A table whose last gate was blocked stands where it passed before: what came since is judged again, and nothing reads it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import polars as pl
from deltalake.exceptions import DeltaError

from expectations.suites import SUITES
from lakehouse.store import Lakehouse
from lakehouse.tables import ops

# Each gate appends one small file; every run reads them all.
MANY_FILES = 256


@dataclass(frozen=True)
class Watermark:
    """The Delta version up to which a table passed, and the versions of the other tables that its gate read."""

    version: int
    context_versions: dict[str, int]


def watermarks(lake: Lakehouse) -> dict[str, Watermark]:
    """The watermark of every table that has passed a gate, by qualified name."""
    results = lake.scan(ops.GATE_RESULTS).filter(pl.col("table_version").is_not_null())
    blocking = [f"{name}.{expectation}" for name, suite in SUITES.items() for expectation in suite.blocking]
    judged = pl.concat_str(["table_name", "expectation"], separator=".")
    blocked = (~pl.col("success") & judged.is_in(blocking)).any()
    gates = (
        results.group_by("table_name", "run_id")
        .agg(
            pl.col("table_version").max(),
            pl.col("context_versions").first(),
            pl.col("judged_at").max(),
            blocked=blocked,
        )
        .filter(~pl.col("blocked"))
        .sort("judged_at", "table_version")
        .unique(subset="table_name", keep="last", maintain_order=True)
        .collect()
    )
    return {
        row["table_name"]: Watermark(row["table_version"], json.loads(row["context_versions"] or "{}"))
        for row in gates.iter_rows(named=True)
    }


def compact_results(lake: Lakehouse, many: int = MANY_FILES) -> bool:
    """Merge the small files of ops.gate_results once there are many; whether it was done.

    Rows stay as they are. Where another process does the same at that moment, the one that loses leaves it to the other.
    """
    if not lake.exists(ops.GATE_RESULTS):
        return False
    results = lake.open(ops.GATE_RESULTS)
    if len(results.file_uris()) < many:
        return False
    try:
        results.optimize.compact()
    except DeltaError:
        return False
    return True
