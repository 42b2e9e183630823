"""Bringing gold.live_sales up to what silver holds: exactly once, and at the cost of what came since.

How far each silver table was counted stands in the Delta commit that holds the figures. Of what came since, the objects
are looked up with all their facts; the difference between what they said then and what they say now is added to the minutes
concerned. Where a silver table was rewritten, or its log is gone, everything is counted anew. Two at once do no harm: the
slower one fails its commit and begins again.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from deltalake import DeltaTable, Transaction

from assets.live.figures import KEY, READS, added, columns_read, figures, given_back, less, sold, used
from lakehouse.retry import until_committed
from lakehouse.store import Lakehouse, read_log
from lakehouse.table import Table
from lakehouse.tables import gold, silver


@dataclass(frozen=True)
class Published:
    """What one call did: the version it wrote (None where nothing was new), and the minutes' figures as they now stand.

    `changed` has the rows of gold.live_sales that changed; a row that went to zero is there with zeros.
    """

    version: int | None
    changed: pl.DataFrame
    recounted: bool = False


def publish(lake: Lakehouse) -> Published:
    """Count what silver got since the last time. Raises TransientError COMMIT_EXHAUSTED where the store keeps failing."""
    lake.ensure(gold.LIVE_SALES)
    return until_committed(gold.LIVE_SALES.qualified_name, lambda: _attempt(lake))


def counted_to(handle: DeltaTable) -> dict[Table, int | None]:
    """The version of each silver table to which the figures are counted."""
    return {table: handle.transaction_version(_application(table)) for table in READS}


def recount(lake: Lakehouse, versions: dict[Table, int | None]) -> pl.DataFrame:
    """The figures of everything at some versions; a table without one is empty."""
    scans = {
        table.name: (table.empty().lazy() if version is None else lake.scan(table, version)).select(columns_read(table))
        for table, version in versions.items()
    }
    usage = scans.pop("usage")
    refunds = scans.pop("cash").filter(kind="refund").collect()
    return added(sold(*(scan.collect() for scan in scans.values())), given_back(refunds), used(usage))


def _attempt(lake: Lakehouse) -> Published:
    handle = lake.open(gold.LIVE_SALES)
    before = counted_to(handle)
    now = {table: lake.version(table) for table in READS}
    if now == before:
        return Published(None, gold.LIVE_SALES.empty())
    fresh = _added_since(lake, before, now)
    if fresh is None:
        rows = recount(lake, now)
        return Published(_commit(lake, handle, rows, now), rows, recounted=True)
    difference = _difference(lake, fresh, now)
    days = difference.get_column("day").unique().sort()
    held = lake.scan(gold.LIVE_SALES, handle.version()).filter(pl.col("day").is_in(days.implode())).collect()
    rows = added(held, difference)
    changed = difference.select(KEY).join(rows, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    zeros = pl.col(pl.Decimal, pl.Int64).fill_null(0)
    changed = gold.LIVE_SALES.conform(changed.with_columns(zeros, day=pl.col("minute").dt.date()))
    return Published(_commit(lake, handle, rows, now, days), changed)


def _added_since(
    lake: Lakehouse, before: dict[Table, int | None], now: dict[Table, int | None]
) -> dict[Table, pl.LazyFrame] | None:
    """Rows that each table got; None where that cannot be told, or nothing was counted yet."""
    found = {}
    for table, version in now.items():
        counted = before[table]
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


def _difference(lake: Lakehouse, fresh: dict[Table, pl.LazyFrame], now: dict[Table, int | None]) -> pl.DataFrame:
    """What the new rows change, with its sign."""
    new = {table: fresh[table].select(columns_read(table)).collect() for table in READS if table is not silver.USAGE}
    refunds = new[silver.CASH].filter(kind="refund")
    invoices = pl.concat(
        [new[silver.DOCUMENTS].get_column("object_id"), new[silver.DOCUMENT_LINES].get_column("document_id")]
    ).unique()
    after = {
        "documents": _of(lake, silver.DOCUMENTS, now, "object_id", invoices),
        "document_lines": _of(lake, silver.DOCUMENT_LINES, now, "document_id", invoices),
        "cash": _of(lake, silver.CASH, now, "object_id", refunds.get_column("object_id").unique()),
        "usage": silver.USAGE.empty(),
    }
    came = pl.concat([rows.select("row_key") for rows in new.values()])
    told = {
        name: rows.join(came, on="row_key", how="anti") if "row_key" in rows.columns else rows
        for name, rows in after.items()
    }
    return added(figures(after), less(figures(told)), used(fresh[silver.USAGE].select(columns_read(silver.USAGE))))


def _of(lake: Lakehouse, table: Table, now: dict[Table, int | None], column: str, objects: pl.Series) -> pl.DataFrame:
    """All rows of some objects."""
    wanted = columns_read(table)
    if now[table] is None or objects.is_empty():
        return table.empty().select(wanted)
    return lake.scan(table, now[table]).select(wanted).filter(pl.col(column).is_in(objects.implode())).collect()


def _commit(
    lake: Lakehouse, handle: DeltaTable, rows: pl.DataFrame, now: dict[Table, int | None], days: pl.Series | None = None
) -> int:
    transactions = [Transaction(_application(table), version) for table, version in now.items() if version is not None]
    predicate = None
    if days is not None:
        predicate = f"day IN ({', '.join(repr(str(day)) for day in days)})" if len(days) else "day IS NULL"
    return lake.replace(gold.LIVE_SALES, rows, predicate=predicate, transactions=transactions, handle=handle)


def _application(table: Table) -> str:
    return f"rtr/live/{table.qualified_name}"
