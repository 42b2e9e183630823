"""The lines of the journal that a change has to look at, found without reading the others.

Lines of a contract are found by it, lines of no contract by their event. Balances take all lines of no contract in one
accounting period together, so where lines of none are appended to a period, all that it has of them are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.facts.unitemised import SUFFIX
from assets.ledger.postings import NONE
from lakehouse.row_index import Rows, mark, marks_of

_OF_NONE = pl.col("contract_id") == NONE
_EVENT = pl.col("event_id").str.strip_suffix(SUFFIX)


def marks_of_lines() -> Sequence[pl.Expr]:
    """What a line of the journal is found by."""
    whose = pl.when(_OF_NONE).then(_EVENT).otherwise("contract_id")
    return [mark(whose), mark(pl.when(_OF_NONE).then(_period_of_none()))]


def lines_of(journal: Rows, ids: pl.Series) -> pl.DataFrame:
    """The lines of one part of the facts: of its contracts, and of its money that is of none."""
    events = pl.concat([ids, ids + SUFFIX])
    holds = pl.col("contract_id").is_in(ids.implode()) | pl.col("event_id").is_in(events.implode())
    return of_part(journal.read(journal.find(marks_of(ids)), holds=holds).lazy(), ids).collect()


def lines_near(journal: Rows, ours: pl.DataFrame, added: pl.DataFrame) -> pl.DataFrame:
    """The lines of the part, and every line of no contract in a period to which lines of none are added."""
    periods = added.filter(_OF_NONE).select(_period_of_none()).to_series().unique()
    if periods.is_empty():
        return ours
    holds = _OF_NONE & _period_of_none().is_in(periods.implode())
    of_none = journal.read(journal.find(marks_of(periods)), holds=holds).filter(
        holds & ~pl.col("line_id").is_in(ours.get_column("line_id").implode())
    )
    return pl.concat([ours, of_none])


def of_part(lines: pl.LazyFrame, ids: pl.Series) -> pl.LazyFrame:
    """Those lines that are of one part of the facts, by every id that it bears or names."""
    among = ids.implode()
    ours = pl.when(_OF_NONE).then(_EVENT.is_in(among)).otherwise(pl.col("contract_id").is_in(among))
    return lines.filter(ours)


def _period_of_none() -> pl.Expr:
    return pl.concat_str(pl.lit("of none in "), pl.col("accounting_period").cast(pl.String))
