"""Gold tables after a change: what stands, less what a part of the facts called for before, plus what it calls for now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from assets.facts.calendars import Calendars
from assets.ledger.spine import balance_by_month
from lakehouse.table import Table


def changed_rows(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keys of the rows that go, and the rows that come, of a table each of whose rows is of one part alone."""
    was, now = table.conform(before), table.conform(after)
    gone = was.join(now, on=was.columns, how="anti", nulls_equal=True).select(table.key)
    return gone, now.join(was, on=was.columns, how="anti", nulls_equal=True)


def summed(table: Table, held: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """A table whose rows are sums by its key; a row of zeros is none."""
    columns = [name for name in table.column_names if name not in table.key]
    rows = sums(table.conform(held), table.conform(before), table.conform(after), table.key, columns)
    return table.conform(rows.sort(table.key))


def netted(
    table: Table, held: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, sides: dict[str, str]
) -> pl.DataFrame:
    """A table of debits and credits of which each row has one or the other: `sides` has the credit of each debit."""
    frames = [
        table.conform(frame).with_columns(pl.col(debit) - pl.col(credit) for debit, credit in sides.items())
        for frame in (held, before, after)
    ]
    was, gone, come = frames
    names = [name for name in table.column_names if name not in (*sides, *sides.values())]
    rows = sums(was, gone, come, tuple(names), list(sides))
    net = [pl.col(debit).clip(0) for debit in sides]
    credits = [(-pl.col(debit)).clip(0).alias(credit) for debit, credit in sides.items()]
    return table.conform(rows.with_columns(*net, *credits).sort(table.key))


def balanced(
    table: Table,
    frames: Sequence[pl.DataFrame],
    movements: tuple[str, ...],
    movement: pl.Expr,
    as_of: date,
    calendars: Calendars,
) -> pl.DataFrame:
    """Movements by period with opening and closing: `frames` are what stands, what goes and what comes.

    `movement` is what moves the balance. Periods are those from a group's first movement to `as_of`.
    """
    by = tuple(name for name in table.key if name != "accounting_period")
    held, before, after = frames
    moved = sums(held, before, after, (*by, "accounting_period"), list(movements))
    return balance_by_month(moved, by, movement, as_of, calendars).sort(*by, "accounting_period")


def sums(
    held: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, by: tuple[str, ...], columns: list[str]
) -> pl.DataFrame:
    """Sums of what stands, less what goes and with what comes, without those of nothing."""
    numbers = pl.col(columns)
    every = pl.concat(
        [held.select(*by, *columns), before.select(*by, *columns).with_columns(-numbers), after.select(*by, *columns)]
    )
    return every.group_by(by).agg(numbers.sum()).filter(pl.any_horizontal(numbers != 0))
