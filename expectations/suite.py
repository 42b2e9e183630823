"""A suite: everything that is expected of one table, at the grains at which it is judged, and what else it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from expectations.declared import declared, fact_identity
from expectations.expectation import Expectation, of_table
from lakehouse.table import Table

Context = Mapping[str, pl.DataFrame]
Prepare = Callable[[pl.DataFrame, Context], pl.DataFrame]


@dataclass(frozen=True)
class View:
    """One grain at which a table is judged: `prepare` makes its rows, each named by `key`."""

    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]
    prepare: Prepare


@dataclass(frozen=True)
class Read:
    """Another table that a suite looks at.

    `on` pairs columns (of the judged table, of the other): only rows that match the judged rows are read; all when empty.
    `settles`: rows of the other that arrive later let rows that waited be judged, so those are judged again.
    `recent`: its new rows are looked at first, and all of them only where something fails on those.
    """

    table: Table
    columns: tuple[str, ...]
    on: tuple[tuple[str, str], ...] = ()
    settles: bool = False
    recent: bool = False


@dataclass(frozen=True)
class Suite:
    """Everything that is expected of one table. The first view has the table's own rows.

    `whole`: the table is judged whole each time, because it is replaced; otherwise only rows that are new.
    """

    table: Table
    views: tuple[View, ...]
    reads: tuple[Read, ...] = ()
    whole: bool = False

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        return tuple(expectation for view in self.views for expectation in view.expectations)

    @property
    def blocking(self) -> frozenset[str]:
        """Names of the expectations whose breach blocks what is downstream."""
        return frozenset(expectation.name for expectation in self.expectations if expectation.blocks)


def as_they_are(frame: pl.DataFrame, _: Context) -> pl.DataFrame:
    """The table's rows with nothing beside them."""
    return frame


def silver_suite(
    table: Table, *expectations: Expectation, prepare: Prepare = as_they_are, reads: tuple[Read, ...] = ()
) -> Suite:
    """A silver table is judged row by row: a row that fails waits in quarantine and the rest goes on."""
    return Suite(table, (View(table.key, (*declared(table), fact_identity(), *expectations), prepare),), reads=reads)


def gold_suite(
    table: Table,
    *expectations: Expectation,
    prepare: Prepare = as_they_are,
    grains: tuple[View, ...] = (),
    reads: tuple[Read, ...] = (),
    whole: bool = True,
) -> Suite:
    """A gold table is judged as one: what is computed from sound facts has no row that may be left out."""
    rows = View(table.key, tuple(of_table(e) for e in (*declared(table), *expectations)), prepare)
    return Suite(table, (rows, *grains), reads=reads, whole=whole)


def grain(key: tuple[str, ...], prepare: Prepare, *expectations: Expectation) -> View:
    """A view of groups of rows, such as the entries of a journal: a breach concerns the table."""
    return View(key, tuple(of_table(e) for e in expectations), prepare)
