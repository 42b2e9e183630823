"""What a gate reads: the rows that are new since it last passed, those that waited for others, and the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from expectations.suite import Read, Suite
from lakehouse.store import Lakehouse


@dataclass(frozen=True)
class Slice:
    """Rows to be judged and what they are judged against.

    Versions are taken before anything is read, so that what arrives in between is at worst judged twice.
    `exact`: the other tables were read whole, not only their new rows.
    """

    frame: pl.DataFrame
    context: dict[str, pl.DataFrame]
    table_version: int | None
    context_versions: dict[str, int]
    exact: bool


def read_slice(
    lake: Lakehouse, suite: Suite, *, after_version: int | None, seen: Mapping[str, int], exact: bool = False
) -> Slice:
    """Read what a gate judges: new rows of the table, or all where the suite judges it whole."""
    after = None if suite.whole else after_version
    versions = {read.table.qualified_name: lake.version(read.table) for read in suite.reads}
    table_version = lake.version(suite.table)
    frame = lake.scan_added(suite.table, after).select(suite.table.column_names).collect()
    if after is not None:
        late = [_waited(lake, suite, read, frame, seen) for read in suite.reads if read.settles]
        if any(rows.height for rows in late):
            waited = pl.concat(late).unique(subset=suite.table.key, keep="any")
            frame = pl.concat([frame, waited.join(frame, on=suite.table.key, how="anti")])
    exact = exact or after is None or not any(read.recent for read in suite.reads)
    context = read_context(lake, suite, frame if after is not None else None, None if exact else seen)
    known = {name: version for name, version in versions.items() if version is not None}
    return Slice(frame, context, table_version, known, exact)


def read_context(
    lake: Lakehouse, suite: Suite, frame: pl.DataFrame | None, seen: Mapping[str, int] | None = None
) -> dict[str, pl.DataFrame]:
    """The other tables that a suite reads, by qualified name.

    Only rows that match `frame`, the judged rows, unless it is None; of tables read for what is recent only rows added
    after the versions `seen`, unless that is None.
    """
    return {read.table.qualified_name: _read(lake, read, frame, seen) for read in suite.reads}


def _waited(lake: Lakehouse, suite: Suite, read: Read, frame: pl.DataFrame, seen: Mapping[str, int]) -> pl.DataFrame:
    """Rows judged before, whose counterpart has arrived since."""
    mine = [left for left, _ in read.on]
    arrived = lake.scan_added(read.table, seen.get(read.table.qualified_name)).select(
        pl.col(right).alias(left) for left, right in read.on
    )
    keys = arrived.drop_nulls().unique().collect().join(frame.select(mine).unique(), on=mine, how="anti")
    if keys.is_empty():
        return frame.clear()
    return lake.scan(suite.table).select(suite.table.column_names).join(keys.lazy(), on=mine, how="semi").collect()


def _read(lake: Lakehouse, read: Read, frame: pl.DataFrame | None, seen: Mapping[str, int] | None) -> pl.DataFrame:
    """Rows of another table: those that match the judged rows, or all where the whole table is judged."""
    after = seen.get(read.table.qualified_name) if seen is not None and read.recent else None
    rows = lake.scan_added(read.table, after).select(read.columns)
    if frame is not None and read.on:
        mine, theirs = [left for left, _ in read.on], [right for _, right in read.on]
        rows = rows.join(frame.lazy().select(mine).drop_nulls().unique(), left_on=theirs, right_on=mine, how="semi")
    return rows.collect()
