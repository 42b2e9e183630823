"""Facts and journals in memory, of which rows are found by their marks as they are in a lakehouse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from assets.facts.admission import Facts
from assets.incremental.lines import marks_of_lines
from assets.incremental.ties import TIED, marks_of_ties
from lakehouse.row_index import NO_MARK, Places
from lakehouse.table import Table


class RowsInMemory:
    """Rows of a frame by the marks that expressions give."""

    def __init__(self, rows: pl.DataFrame, marks: Sequence[pl.Expr]) -> None:
        self._rows = rows
        self._marks = rows.select(expression.alias(f"{n}") for n, expression in enumerate(marks))

    def find(self, marks: pl.Series) -> Places:
        wanted = marks.filter(marks != NO_MARK).implode()
        hit = self._marks.select(pl.any_horizontal(pl.all().is_in(wanted))).to_series()
        rows = np.flatnonzero(hit.to_numpy())
        return {"": rows} if rows.size else {}

    def marks_at(self, places: Places) -> pl.Series:
        frame: pl.DataFrame = self._marks[places.get("", np.zeros(0, np.int64))]
        every = pl.concat([pl.Series("mark", [], pl.UInt64), *(column.alias("mark") for column in frame)])
        return every.filter(every != NO_MARK).unique()

    def read(self, places: Places, *, holds: pl.Expr | None = None) -> pl.DataFrame:
        rows: pl.DataFrame = self._rows[places.get("", np.zeros(0, np.int64))]
        return rows if holds is None else rows.filter(holds)


def tied(facts: Facts) -> dict[Table, RowsInMemory]:
    """Facts by their ties."""
    present = [table for table in TIED if table.name in facts]
    return {table: RowsInMemory(facts[table.name].lazy().collect(), marks_of_ties(table)) for table in present}


def lines(journal: pl.DataFrame) -> RowsInMemory:
    """A journal by contract and event."""
    return RowsInMemory(journal, marks_of_lines())
