"""Bringing gold.live_sales up to what silver holds: exactly once, and at the cost of what came since.

How far each table was counted stands in the Delta commit that holds the figures. Of what came since, the objects are looked
up with all their facts; the difference between what they said then and what they say now is added to the minutes concerned.
So are the objects of which the last refresh has found that they are copies, or no longer are. Where a silver table was
rewritten, its log is gone, or the precedence of systems changed, everything is counted anew. Two at once do no harm: the
slower one fails its commit and begins again.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from deltalake import DeltaTable, Transaction
from deltalake.exceptions import DeltaError

from assets.links.objects import short_id
from assets.live.copies import KINDS, POLICY_NAMES
from assets.live.figures import KEY, READS, Rows, added, columns_read, figures, less, used
from assets.live.lookups import Lookups, Memory, Versions
from lakehouse.log_files import read_log
from lakehouse.retry import until_committed
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold, silver

_SILVER = tuple(table for table in READS if table is not gold.SALE_COPIES)


@dataclass(frozen=True)
class Published:
    """What one call did: the version it wrote (None where nothing was new), and the minutes' figures as they now stand.

    `changed` has the rows of gold.live_sales that changed; a row that went to zero is there with zeros.
    """

    version: int | None
    changed: pl.DataFrame
    recounted: bool = False


def publish(lake: Lakehouse, memory: Memory | None = None) -> Published:
    """Count what silver got since the last time. Raises TransientError COMMIT_EXHAUSTED where the store keeps failing.

    `memory`: of whoever calls again and again from one thread, so that what came is looked up in the files that hold it.
    """
    lake.ensure(gold.LIVE_SALES)
    return until_committed(gold.LIVE_SALES.qualified_name, lambda: _attempt(lake, memory))


def counted_to(handle: DeltaTable) -> dict[Table, int | None]:
    """The version of each table to which the figures are counted."""
    return {table: handle.transaction_version(_application(table)) for table in READS}


def recount(lake: Lakehouse, versions: Versions) -> pl.DataFrame:
    """The figures of everything at some versions; a table without one is empty."""
    lookups = Lookups(lake, versions)
    return added(figures(lookups.everything(), lookups.left_out()), used(lookups.usage()))


def _attempt(lake: Lakehouse, memory: Memory | None) -> Published:
    handle = lake.open(gold.LIVE_SALES)
    before = counted_to(handle)
    now = {table: lake.version(table) for table in READS}
    if now == before:
        return Published(None, gold.LIVE_SALES.empty())
    difference = _difference(lake, before, now, memory)
    if difference is None:
        rows = recount(lake, now)
        return Published(_commit(lake, handle, rows, now), rows, recounted=True)
    days = difference.get_column("day").unique().sort()
    held = lake.scan(gold.LIVE_SALES, handle.version()).filter(pl.col("day").is_in(days.implode())).collect()
    rows = added(held, difference)
    changed = difference.select(KEY).join(rows, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    zeros = pl.col(pl.Decimal, pl.Int64).fill_null(0)
    changed = gold.LIVE_SALES.conform(changed.with_columns(zeros, day=pl.col("minute").dt.date()))
    return Published(_commit(lake, handle, rows, now, days), changed)


def _difference(lake: Lakehouse, before: Versions, now: Versions, memory: Memory | None) -> pl.DataFrame | None:
    """What came since changes, with its sign; None where that cannot be told, or nothing was counted yet."""
    fresh = _added_since(lake, before, now)
    if fresh is None:
        return None
    usage = used(fresh.pop(silver.USAGE).select(columns_read(silver.USAGE)))
    new = {table: rows.select(columns_read(table)).collect() for table, rows in fresh.items()}
    if new[silver.POLICIES].get_column("name").is_in(POLICY_NAMES).any():
        return None
    lookups = Lookups(lake, now, memory)
    then = _left_out(Lookups(lake, before, memory))
    if then is None:
        return None
    left_out = lookups.left_out()
    moved = pl.concat(
        [then.join(left_out, on=left_out.columns, how="anti"), left_out.join(then, on=then.columns, how="anti")]
    )
    rows, touched = lookups.around(_objects(new, moved))
    told = {table: every.join(new[table].select("row_key"), on="row_key", how="anti") for table, every in rows.items()}
    return added(figures(rows, left_out, touched), less(figures(told, then, touched)), usage)


def _objects(new: Rows, moved: pl.DataFrame) -> pl.Series:
    """Objects of which something new is told, or that are a copy since, or no longer; ids without their family."""
    references = new[silver.EXTERNAL_REFERENCES]
    named = [
        new[silver.DOCUMENTS].get_column("object_id"),
        new[silver.DOCUMENT_LINES].get_column("document_id"),
        new[silver.CASH].filter(kind="refund").get_column("object_id"),
        references.filter(pl.col("object_kind").is_in(KINDS)).get_column("object_id"),
        moved.get_column("object_id"),
    ]
    every = pl.concat([ids.rename("object_id") for ids in named]).to_frame()
    return every.select(short_id("object_id").unique()).to_series()


def _added_since(lake: Lakehouse, before: Versions, now: Versions) -> dict[Table, pl.LazyFrame] | None:
    """Rows that each silver table got; None where that cannot be told, or nothing was counted yet."""
    found = {}
    for table in _SILVER:
        version, counted = now[table], before[table]
        if version is None:
            found[table] = table.empty().lazy()
            continue
        if counted is None or counted > version:
            return None
        changes = read_log(lake, table, counted + 1, version)
        if changes is None or changes.rewritten:
            return None
        found[table] = lake.scan_files(table, changes.added)
    return found


def _left_out(before: Lookups) -> pl.DataFrame | None:
    """The copies that did not count when the figures were counted; None where that version is gone."""
    try:
        return before.left_out()
    except (DeltaError, OSError, pl.exceptions.ComputeError):
        return None


def _commit(lake: Lakehouse, handle: DeltaTable, rows: pl.DataFrame, now: Versions, days: pl.Series | None = None) -> int:
    transactions = [Transaction(_application(table), version) for table, version in now.items() if version is not None]
    predicate = None
    if days is not None:
        predicate = f"day IN ({', '.join(repr(str(day)) for day in days)})" if len(days) else "day IS NULL"
    return lake.replace(gold.LIVE_SALES, rows, predicate=predicate, transactions=transactions, handle=handle)


def _application(table: Table) -> str:
    return f"rtr/live/{table.qualified_name}"
