"""Rows that wait at a gate, judged anew: after an expectation was corrected, or what they lacked has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from expectations.gate import judge
from expectations.rejection import STAGE
from expectations.slices import read_context
from expectations.suites import suite_of
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import BY_NAME, quarantine
from lakehouse.types import POLARS_TYPES, Kind

AUTHOR = "gate"
EVERY = pl.lit(True)


@dataclass(frozen=True)
class Rejudged:
    """How many rejections no longer hold, and those that do (rows of quarantine.rejected)."""

    released: int
    still_wrong: pl.DataFrame


def rejudge(lake: Lakehouse, *, now: datetime, dry_run: bool = False, only: pl.Expr = EVERY) -> Rejudged:
    """Release rows from the gate's quarantine that pass now: a resolution `replayed` for each rejection that fell away.

    `only` is a condition over quarantine.rejected. A row that broke several expectations is let in when the last of its
    rejections is resolved.
    """
    resolved = lake.scan(quarantine.RESOLUTIONS).select("quarantine_key")
    rejected = lake.scan(quarantine.REJECTED).filter(only, stage=STAGE)
    waiting = rejected.join(resolved, on="quarantine_key", how="anti").collect()
    still = [
        _still_rejected(lake, BY_NAME[name], rows.get_column("row_key").unique())
        for (name,), rows in waiting.partition_by("split", as_dict=True).items()
    ]
    keys = pl.concat([pl.Series("quarantine_key", [], pl.String), *still])
    released = waiting.filter(~pl.col("quarantine_key").is_in(keys.implode()))
    if released.height and not dry_run:
        lake.append(
            quarantine.RESOLUTIONS,
            released.select(
                "quarantine_key",
                outcome=pl.lit("replayed"),
                reason=pl.lit("passed when judged anew"),
                author=pl.lit(AUTHOR),
                resolved_at=pl.lit(now, POLARS_TYPES[Kind.TIMESTAMP]),
            ),
        )
    return Rejudged(released.height, waiting.filter(pl.col("quarantine_key").is_in(keys.implode())))


def _still_rejected(lake: Lakehouse, table: Table, row_keys: pl.Series) -> pl.Series:
    """Quarantine keys of the rejections that these rows of a silver table get today."""
    rows = lake.scan(table).filter(pl.col("row_key").is_in(row_keys.implode())).select(table.column_names).collect()
    return judge(table, rows, read_context(lake, suite_of(table), rows)).rejected.get_column("quarantine_key")
