"""Which facts must be computed again when new ones come: those that ties lead to, and what all contracts depend on.

The ties of the new facts lead to other facts, whose ties lead on, until nothing new is found (`assets.incremental.ties`).
What is found is closed: no rule compares a fact in it with one outside. So every gold table after the new facts is what it
was, less what the closed part called for before, plus what it calls for now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.facts.admission import CONFLICT_CODE, Facts
from assets.incremental.ties import GOVERNING, OF_PRODUCTS, TIED, ties_of
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


def touched(facts: Facts, fresh: Mapping[str, pl.DataFrame], most: int = MOST_ROWS) -> Touched | None:
    """What new facts touch; None where everything must be computed: they govern all contracts, or touch too much.

    `facts`: silver tables and quarantine's `rejected` and `resolutions` by name, the new rows among them. `fresh`: the new
    rows of each table.
    """
    if any(_governs(table, fresh[table.name]) for table in _INPUTS if table.name in fresh):
        return None
    told = {table: _tied(table, facts[table.name].lazy()) for table in TIED if table.name in facts}
    ties = {table: rows.select(_hashed(table)).collect() for table, rows in told.items()}
    new = [_tied(table, fresh[table.name].lazy()).select(_hashed(table)) for table in TIED if table.name in fresh]
    names = _closed(_names(pl.collect_all(new)), ties, most)
    if names is None:
        return None
    led = [rows.filter(_among(_hashed(table), names)) for table, rows in told.items()]
    after = {table.name: rows for table, rows in zip(told, pl.collect_all(led), strict=True)}
    every = [after[table.name].select(ties_of(table)) for table in told]
    ids = pl.concat([pl.Series("id", [], pl.String), *(column.alias("id") for frame in every for column in frame)])
    for table in (*GOVERNING, silver.EXTERNAL_REFERENCES, *_JUDGED):
        if table.name in facts:
            whole = facts[table.name].lazy().filter(_whole(table)).collect()
            after[table.name] = pl.concat([after[table.name], whole]) if table.name in after else whole
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


def _tied(table: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.filter(~OF_PRODUCTS) if table is silver.EXTERNAL_REFERENCES else rows


def _hashed(table: Table) -> list[pl.Expr]:
    """Ties as numbers, for this process only; 0 for none. Two ties that happen to be one number only join more."""
    return [pl.when(tie.is_not_null() & (tie != "")).then(tie.hash()).otherwise(0) for tie in ties_of(table)]


def _among(ties: list[pl.Expr], names: pl.Series) -> pl.Expr:
    return pl.any_horizontal(tie.is_in(names.implode()) for tie in ties)


def _names(ties: list[pl.DataFrame]) -> pl.Series:
    every = pl.concat([pl.Series("tie", [], pl.UInt64), *(column.alias("tie") for frame in ties for column in frame)])
    return every.filter(every != 0).unique()


def _closed(begun: pl.Series, ties: dict[Table, pl.DataFrame], most: int) -> pl.Series | None:
    """Every tie that some ties lead to through the rows that bear them; None where that is more than `most` rows."""
    seen, front = begun, begun
    left, rows = dict(ties), 0
    while front.len():
        met = []
        for table, frame in left.items():
            hit = frame.select(_among([pl.all()], front)).to_series()
            met.append(frame.filter(hit))
            left[table] = frame.filter(~hit)
        rows += sum(frame.height for frame in met)
        if rows > most:
            return None
        named = _names(met)
        front = named.filter(~named.is_in(seen.implode()))
        seen = pl.concat([seen, front])
    return seen
