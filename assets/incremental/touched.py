"""Which facts must be computed again when new ones come: those that ties lead to, and what all contracts depend on.

The ties of the new facts lead to other facts, whose ties lead on, until nothing new is found (`assets.incremental.ties`).
What is found is closed: no rule compares a fact in it with one outside. So every gold table after the new facts is what it
was, less what the closed part called for before, plus what it calls for now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from assets.facts.admission import CONFLICT_CODE, Facts
from assets.incremental.ties import GOVERNING, OF_PRODUCTS, TIED, marks_of_ties, products_mark, ties_of
from lakehouse.row_index import NO_MARK, Places, Rows, together, without
from lakehouse.table import Table
from lakehouse.tables import quarantine, silver

MOST_ROWS = 500_000
"""Facts that are worth being computed apart; a part that is larger than this is no saving."""


@dataclass(frozen=True)
class Touched:
    """A closed part of the facts: `before` the new ones came, and `after`; with all that governs them.

    `ids`: every id that its facts bear or name.
    """

    before: dict[str, pl.DataFrame]
    after: dict[str, pl.DataFrame]
    ids: pl.Series


def touched(
    facts: Facts, fresh: Mapping[str, pl.DataFrame], tied: Mapping[Table, Rows], most: int = MOST_ROWS
) -> Touched | None:
    """What new facts touch; None where everything must be computed: they govern all contracts, or touch too much.

    `facts`: silver tables and quarantine's `rejected` and `resolutions` by name, the new rows among them. `fresh`: the new
    rows of each table. `tied`: the rows of the tied tables of `facts` by `marks_of_ties`.
    """
    if any(_governs(table, fresh[table.name]) for table in _INPUTS if table.name in fresh):
        return None
    new = [fresh[table.name].select(marks_of_ties(table)) for table in TIED if table.name in fresh]
    places = _closed(_marks(new), tied, most)
    if places is None:
        return None
    after = {table.name: tied[table].read(found) for table, found in places.items()}
    every = [after[table.name].select(ties_of(table)) for table in tied]
    ids = pl.concat([pl.Series("id", [], pl.String), *(column.alias("id") for frame in every for column in frame)])
    for table in (*GOVERNING, *_JUDGED):
        if table.name in facts:
            after[table.name] = facts[table.name].lazy().filter(_whole(table)).collect()
    if silver.EXTERNAL_REFERENCES in tied:
        references = tied[silver.EXTERNAL_REFERENCES]
        of_products = references.read(references.find(products_mark()))
        after[silver.EXTERNAL_REFERENCES.name] = pl.concat([after[silver.EXTERNAL_REFERENCES.name], of_products])
    came = {name: rows.select("row_key") for name, rows in fresh.items() if name not in _JUDGED_NAMES}
    before = {n: rows.join(came[n], on="row_key", how="anti") if n in came else rows for n, rows in after.items()}
    return Touched(before, after, ids.drop_nulls().unique())


_JUDGED = (quarantine.REJECTED, quarantine.RESOLUTIONS)
_JUDGED_NAMES = tuple(table.name for table in _JUDGED)
_INPUTS = (*GOVERNING, *TIED, *_JUDGED)


def _governs(table: Table, fresh: pl.DataFrame) -> bool:
    """Whether a new row bears on contracts that it does not name: one that a gate or a conflict keeps out is such a one."""
    if table in GOVERNING or table is quarantine.RESOLUTIONS:
        return fresh.height > 0
    if table in (quarantine.REJECTED, silver.EXTERNAL_REFERENCES):
        return fresh.filter(_whole(table)).height > 0
    return False


def _whole(table: Table) -> pl.Expr:
    """Rows that rules get whatever was touched."""
    if table is quarantine.REJECTED:
        return (pl.col("stage") == "gate") | (pl.col("code") == CONFLICT_CODE)
    return OF_PRODUCTS if table is silver.EXTERNAL_REFERENCES else pl.lit(True)


def _marks(frames: Iterable[pl.DataFrame]) -> pl.Series:
    """All marks in some frames, each once."""
    none = pl.Series("mark", [], pl.UInt64)
    every = pl.concat([none, *(column.alias("mark") for frame in frames for column in frame)])
    return every.filter(every != NO_MARK).unique()


def _closed(begun: pl.Series, tied: Mapping[Table, Rows], most: int) -> dict[Table, Places] | None:
    """Every row that some ties lead to, through the rows that bear them; None where those are more than `most`."""
    places: dict[Table, Places] = {table: {} for table in tied}
    seen, front, rows = begun, begun, 0
    while front.len():
        named = [begun.clear()]
        for table, index in tied.items():
            met = without(index.find(front), places[table])
            places[table] = together(places[table], met)
            named.append(index.marks_at(met))
            rows += sum(found.size for found in met.values())
        if rows > most:
            return None
        front = pl.concat(named).unique()
        front = front.filter(~front.is_in(seen.implode()))
        seen = pl.concat([seen, front])
    return places
