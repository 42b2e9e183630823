"""What the gold tables stand at: the facts, the day and the rules by which a whole refresh computed all of them.

It stands in `ops.refreshed` together with their versions. A table that was written since by anything else, a run that broke
off in the middle included, no longer stands at it, and neither do all: they are computed in full then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.ledger.rule_version import rule_version
from lakehouse.log_files import read_log
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import ops


@dataclass(frozen=True)
class Standing:
    """Versions of the facts (`cut`), of the log of periods and of the gold tables; and `systems_here` of all facts."""

    as_of: date
    cut: dict[str, int]
    periods: int | None
    gold: dict[str, int]
    systems: pl.DataFrame


def standing(lake: Lakehouse, tables: Iterable[Table], as_of: date) -> Standing | None:
    """What these gold tables stand at; None where that is not one cut, as of this day, by these rules."""
    rows = lake.scan(ops.REFRESHED).collect().rows(named=True)
    if not rows:
        return None
    [row] = rows
    gold = json.loads(row["gold"])
    same = (row["as_of"], row["rules"], row["periods"]) == (as_of, rule_version(), lake.version(ops.PERIOD_LOG))
    if not same or not all(_untouched(lake, table, gold.get(table.name)) for table in tables):
        return None
    pairs = json.loads(row["systems"])
    systems = pl.DataFrame(pairs, schema={"reference_system": pl.String, "expected": pl.String}, orient="row")
    return Standing(as_of, json.loads(row["cut"]), row["periods"], gold, systems)


def stands(
    lake: Lakehouse, run_id: str, tables: Iterable[Table], as_of: date, cut: dict[str, int], here: pl.DataFrame
) -> None:
    """Record what the gold tables stand at after a run that computed all of them."""
    row = {
        "run_id": run_id,
        "as_of": as_of,
        "rules": rule_version(),
        "cut": json.dumps(cut, sort_keys=True),
        "periods": lake.version(ops.PERIOD_LOG),
        "gold": json.dumps({table.name: lake.version(table) for table in tables}),
        "systems": json.dumps(here.rows()),
    }
    lake.replace(ops.REFRESHED, pl.DataFrame([row], schema=ops.REFRESHED.polars_schema()))


def _untouched(lake: Lakehouse, table: Table, recorded: int | None) -> bool:
    """Whether a table holds the rows that it held; compaction does not change them."""
    now = lake.version(table)
    if recorded is None or now is None or now == recorded:
        return recorded is not None and now == recorded
    changes = read_log(lake, table, recorded + 1, now) if recorded < now else None
    return changes is not None and not changes.added and not changes.rewritten
