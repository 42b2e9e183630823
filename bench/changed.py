"""How long a refresh takes when new facts touch few contracts among many, tables included.

The facts are those of `bench.recognise` in Delta tables, two invoices a customer. New facts are refunds of contracts spread
evenly over the whole history, the worst case for tables that keep what belongs together in one file. Without Dagster and
without gates.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime

import polars as pl

from assets.cut import current_cut, facts_at
from assets.incremental.run import brought, follow
from assets.incremental.standing import stands
from assets.incremental.tables import FOLLOWING
from assets.pipeline import compute
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, silver

CHANGED = 1_000


def seconds_of_change(facts: dict[str, pl.DataFrame], refunds: pl.DataFrame, as_of: date) -> dict[str, float]:
    """Seconds of a full refresh, and then of each step of one after the refunds came."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lakehouse(folder)
        tables = {table.name: table for table in silver.TABLES}
        for name, frame in facts.items():
            lake.append(tables[name], frame)
        marks = {"full": _in_full(lake, as_of)}
        lake.append(silver.CASH, refunds)
        began = time.perf_counter()
        followed = follow(lake, current_cut(lake), as_of, datetime.now(UTC))
        if followed.change is None:
            raise RuntimeError("the change could not be followed")
        marks["what changed"] = time.perf_counter() - began
        for table in FOLLOWING:
            start = time.perf_counter()
            brought(lake, table, followed.change)
            marks[table.name] = time.perf_counter() - start
        marks["refresh"] = time.perf_counter() - began
        return marks


def _in_full(lake: Lakehouse, as_of: date) -> float:
    began = time.perf_counter()
    cut = current_cut(lake)
    facts = facts_at(lake, cut)
    made = compute(facts, ops.PERIOD_LOG.empty(), gold.JOURNAL.empty(), as_of, datetime.now(UTC))
    lake.ensure(gold.JOURNAL)
    for table in FOLLOWING:
        if table is gold.JOURNAL:
            lake.append(table, made.pop(table.name))
        else:
            lake.replace(table, made.pop(table.name))
    took = time.perf_counter() - began
    here = pl.DataFrame({"reference_system": ["bench", "bench"], "expected": ["document", "cash"]})
    stands(lake, "bench", FOLLOWING, as_of, cut, here)
    return took
