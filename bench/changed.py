"""How long a refresh takes when new facts touch few contracts among many, tables included.

The facts are those of `bench.recognise` in Delta tables, two invoices a customer. New facts are refunds: of recent
contracts, which is what mostly comes, and of contracts spread evenly over the whole history, the worst case for tables that
keep what began at one time in one file. A history of more than `PIECE` contracts comes day by day, as changes of so many
contracts after a full refresh of the first ones, which is what is timed as `full`. Without Dagster and without gates.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import polars as pl

from assets.cut import current_cut, facts_at
from assets.incremental.layout import in_order
from assets.incremental.run import brought, follow, make_indexes, replaced_in_full
from assets.incremental.standing import stands
from assets.incremental.tables import FOLLOWING
from assets.pipeline import compute
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, silver

CHANGED = 1_000
PIECE = 100_000
DAYS = 360
"""Contracts of `bench.recognise` begin on so many days, in turn."""
SYSTEMS = pl.DataFrame({"reference_system": ["bench", "bench"], "expected": ["document", "cash"]})

Facts = dict[str, pl.DataFrame]


def in_pieces(facts: Facts, count: int, size: int = PIECE) -> Iterator[Facts]:
    """The facts of so many contracts in pieces, one day after another."""
    pieces = max(count // size, 1)
    day = pl.col("object_id").str.split(":").list.get(1).cast(pl.Int64) % DAYS
    for piece in range(pieces):
        yield {name: frame.filter(day * pieces // DAYS == piece) for name, frame in facts.items()}


def stand_in_full(lake: Lakehouse, facts: Facts, as_of: date) -> float:
    """Seconds of a full refresh of some facts, tables and indexes included."""
    tables = {table.name: table for table in silver.TABLES}
    for name, frame in facts.items():
        lake.append(tables[name], frame)
    began = time.perf_counter()
    cut = current_cut(lake)
    made = compute(facts_at(lake, cut), ops.PERIOD_LOG.empty(), gold.JOURNAL.empty(), as_of, datetime.now(UTC))
    lake.ensure(gold.JOURNAL)
    for table in FOLLOWING:
        if table is gold.JOURNAL:
            lake.append(table, in_order(table, made.pop(table.name), lake.scan(gold.OBLIGATIONS)))
        else:
            replaced_in_full(lake, table, made.pop(table.name), as_of)
    make_indexes(lake, cut)
    stands(lake, "bench", FOLLOWING, as_of, cut, SYSTEMS)
    return time.perf_counter() - began


def bring(lake: Lakehouse, facts: Facts, as_of: date) -> dict[str, float]:
    """Seconds of each step of a refresh after some facts came."""
    tables = {table.name: table for table in silver.TABLES}
    for name, frame in facts.items():
        lake.append(tables[name], frame)
    began = time.perf_counter()
    followed = follow(lake, current_cut(lake), as_of, datetime.now(UTC))
    if followed.change is None:
        raise RuntimeError("the change could not be followed")
    marks = {"what changed": time.perf_counter() - began}
    for table in FOLLOWING:
        start = time.perf_counter()
        brought(lake, table, followed.change)
        marks[table.name] = time.perf_counter() - start
    stands(lake, "bench", FOLLOWING, as_of, followed.cut, SYSTEMS)
    marks["refresh"] = time.perf_counter() - began
    return marks


def seconds_of_changes(
    facts: Facts, count: int, changes: dict[str, pl.DataFrame], as_of: date
) -> dict[str, dict[str, float]]:
    """By kind of change, the seconds of each step of a refresh after it came to a history of so many contracts."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lakehouse(folder)
        first, *rest = in_pieces(facts, count)
        full = stand_in_full(lake, first, as_of)
        for piece in rest:
            bring(lake, piece, as_of)
        make_indexes(lake, current_cut(lake))
        return {kind: {"full": full} | bring(lake, {"cash": cash}, as_of) for kind, cash in changes.items()}


def tell(took: dict[int, dict[str, dict[str, float]]]) -> None:
    """Print what was measured among few and among many contracts, and how much more the latter took."""
    (few, by_few), (many, by_many) = took.items()
    kinds = [(kind, marks, by_many[kind]) for kind, marks in by_few.items()]
    print(f"\n{CHANGED:,} changed contracts among {few:,} and among {many:,}, in Delta tables, in seconds\n")
    print("| step |" + "".join(f" {kind}, {few:,} | {many:,} | ratio |" for kind, *_ in kinds))
    print("|---|" + "---|" * 3 * len(kinds))
    for step in kinds[0][1]:
        cells = (f" {a[step]:.2f} | {b[step]:.2f} | {b[step] / max(a[step], 0.01):.1f} |" for _, a, b in kinds)
        print(f"| {step} |" + "".join(cells))
