"""The change that one run of the assets follows: found once, when the first asset asks, and kept for the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from assets.cut import INPUTS, facts_at
from assets.facts.books import books_kept
from assets.incremental.increment import increment
from assets.incremental.layout import in_order
from assets.incremental.lines import marks_of_lines
from assets.incremental.standing import Standing, standing
from assets.incremental.tables import FOLLOWING, ROWS, Change, change_of, rows_changed, sums_after
from assets.incremental.ties import TIED, marks_of_ties
from lakehouse.commit import key_index
from lakehouse.log_end import LogEnd
from lakehouse.log_files import read_log
from lakehouse.rewrite import change_rows, replace_rows, rows_by_key
from lakehouse.row_index import RowIndex
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold, ops, silver


@dataclass(frozen=True)
class Followed:
    """What gold stood at, the cut that it follows, and what changed in between; no `change` where all must be computed."""

    stood: Standing | None
    cut: dict[str, int]
    change: Change | None


def follow(lake: Lakehouse, cut: dict[str, int], as_of: date, booked_at: datetime) -> Followed:
    """What changed between what gold stands at and a cut of the facts."""
    stood = standing(lake, FOLLOWING, as_of)
    fresh = None if stood is None else _fresh(lake, stood.cut, cut)
    if stood is None or fresh is None:
        return Followed(stood, cut, None)
    facts = facts_at(lake, cut)
    books = books_kept(facts[silver.LEGAL_ENTITIES.name].collect())
    part = increment(facts, fresh, tied_at(lake, cut), as_of, books, stood.systems)
    if part is None:
        return Followed(stood, cut, None)
    journal = lines_at(lake, stood.gold[gold.JOURNAL.name])
    return Followed(stood, cut, change_of(part, lake.scan(ops.PERIOD_LOG).collect(), journal, booked_at))


def tied_at(lake: Lakehouse, cut: Mapping[str, int]) -> dict[Table, RowIndex]:
    """The facts of a cut by their ties."""
    present = [table for table in TIED if table.qualified_name in cut]
    return {t: RowIndex(lake, t, marks_of_ties(t), cut[t.qualified_name], by_row=True) for t in present}


def lines_at(lake: Lakehouse, version: int | None) -> RowIndex:
    """The lines of the journal by contract and event."""
    return RowIndex(lake, gold.JOURNAL, marks_of_lines(), version)


def make_indexes(lake: Lakehouse, cut: Mapping[str, int]) -> None:
    """Make every index that a change is followed by, so that the next refresh finds them made."""
    for index in (*tied_at(lake, cut).values(), lines_at(lake, None), *(rows_by_key(lake, table) for table in ROWS)):
        index.make()
    key_index(lake, gold.JOURNAL).refresh(LogEnd.read(lake, gold.JOURNAL))


def replaced_in_full(lake: Lakehouse, table: Table, rows: pl.DataFrame, as_of: date) -> int:
    """Replace one table by all its rows, laid out so that it can be brought up to changes; its version."""
    told = {"as_of": as_of.isoformat()}
    return (
        replace_rows(lake, table, in_order(table, rows, lake.scan(gold.OBLIGATIONS)), told)
        if table in ROWS
        else lake.replace(table, rows, metadata=told)
    )


def brought(lake: Lakehouse, table: Table, change: Change) -> tuple[int, int | None]:
    """Bring one table up to a change: how many rows changed, and the version it wrote, None where nothing did."""
    told, obligations = {"as_of": change.as_of.isoformat()}, change.obligations.lazy()
    if table is gold.JOURNAL:
        rows, added = change.added.height, in_order(table, change.added, obligations)
        return rows, lake.append(table, added, metadata=told).version if rows else None
    if table in ROWS:
        gone, come = rows_changed(table, change)
        return come.height + gone.height, change_rows(lake, table, gone, in_order(table, come, obligations), told)
    before = lake.scan(table).collect()
    after = sums_after(table, before, change)
    rows = after.join(before, on=after.columns, how="anti", nulls_equal=True).height
    if not rows and after.height == before.height:
        return 0, None
    return rows, lake.replace(table, after, metadata=told)


def _fresh(lake: Lakehouse, since: Mapping[str, int], cut: Mapping[str, int]) -> dict[str, pl.DataFrame] | None:
    """Rows of each input that came between two cuts; None where one was rewritten or its log is gone."""
    found: dict[str, pl.DataFrame] = {}
    for table in INPUTS:
        name = table.qualified_name
        first, last = since.get(name), cut.get(name)
        if first == last or last is None:
            if last is None and first is not None:
                return None
            continue
        changes = read_log(lake, table, 0 if first is None else first + 1, last)
        if changes is None or changes.rewritten:
            return None
        if changes.added:
            found[table.name] = lake.scan_files(table, changes.added).collect()
    return found
