"""The change that one run of the assets follows: found once, when the first asset asks, and kept for the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from assets.cut import INPUTS, facts_at
from assets.facts.books import books_kept
from assets.incremental.increment import increment, lines_to_append, near
from assets.incremental.standing import Standing, standing
from assets.incremental.tables import FOLLOWING, ROWS, Change, rows_changed, sums_after
from lakehouse.store import Lakehouse, read_log
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
    part = increment(facts, fresh, as_of, books, stood.systems)
    if part is None:
        return Followed(stood, cut, None)
    lines = near(lake.scan(gold.JOURNAL, stood.gold[gold.JOURNAL.name]), part.ids).collect()
    added = lines_to_append(part, lake.scan(ops.PERIOD_LOG).collect(), lines, booked_at)
    return Followed(stood, cut, Change(part, lines, added))


def brought(lake: Lakehouse, table: Table, change: Change) -> tuple[int, int | None]:
    """Bring one table up to a change: how many rows changed, and the version it wrote, None where nothing did."""
    told = {"as_of": change.as_of.isoformat()}
    if table is gold.JOURNAL:
        rows = change.added.height
        return rows, lake.append(table, change.added, metadata=told).version if rows else None
    held = lake.scan(table)
    if table in ROWS:
        gone, come = rows_changed(table, change)
        if gone.is_empty() and come.is_empty():
            return 0, None
        stay = held.join(gone.lazy(), on=table.key, how="anti", nulls_equal=True)
        return come.height + gone.height, lake.replace(table, pl.concat([stay, come.lazy()]).collect(), metadata=told)
    before = held.collect()
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
