"""Expectations that follow from a table's declaration, so that nobody writes a schema twice."""

from __future__ import annotations

import polars as pl

from expectations.controls import is_currency, is_whole
from expectations.expectation import Expectation, Judged, holds, of_table
from lakehouse.table import Column, Table
from lakehouse.tables.silver import CHANGED_COLUMNS, FACT_COLUMNS
from lakehouse.types import Kind

# Amounts in another currency than the row's are judged where they are declared.
OTHER_CURRENCY = {
    *("settlement_amount", "functional_amount", "functional_closing", "functional_debit", "functional_credit"),
    *("functional_reported", "functional_restated"),
}


def declared(table: Table) -> tuple[Expectation, ...]:
    """Required columns are filled, closed sets are kept, keys are unique, currencies and amounts are what they say."""
    return (
        _required(table),
        *_partial(table),
        *(_closed_set(column) for column in table.columns if column.allowed),
        *(_currency(column) for column in table.columns if _names_currency(column)),
        *_whole_amounts(table),
        _unique_key(table),
    )


def _required(table: Table) -> Expectation:
    return holds(
        "required_columns_filled",
        f"Every row has {_listed(table.required_columns)}.",
        pl.all_horizontal(pl.col(name).is_not_null() for name in table.required_columns),
        shows=tuple(table.required_columns),
    )


def _partial(table: Table) -> tuple[Expectation, ...]:
    """A row that tells a change names columns that there are; any other assertion tells the whole."""
    whole = pl.col("operation") == "assert"
    changes: tuple[Expectation, ...] = ()
    if CHANGED_COLUMNS in table.column_names:
        whole &= pl.col(CHANGED_COLUMNS).is_null()
        changes = (_changes(table),)
    if not table.whole_columns:
        return changes
    return *changes, holds(
        "whole_state_is_filled",
        f"A row that tells a whole state has {_listed(table.whole_columns)}.",
        ~whole | pl.all_horizontal(pl.col(name).is_not_null() for name in table.whole_columns),
        shows=("object_id", *table.whole_columns),
    )


def _changes(table: Table) -> Expectation:
    own = [name for name in table.column_names if name not in {column.name for column in FACT_COLUMNS}]
    named = pl.col(CHANGED_COLUMNS).str.split(",")
    return holds(
        "changed_columns_are_columns",
        "A row that tells a change names columns of its table.",
        named.list.set_difference(pl.lit(pl.Series([own]))).list.len() == 0,
        shows=("object_id", CHANGED_COLUMNS),
    )


def _closed_set(column: Column) -> Expectation:
    return holds(
        f"{column.name}_in_closed_set",
        f"{column.name} is one of {_listed(list(column.allowed))}.",
        pl.col(column.name).is_in(column.allowed),
        shows=(column.name,),
    )


def _names_currency(column: Column) -> bool:
    return column.kind is Kind.STRING and (column.name == "currency" or column.name.endswith("_currency"))


def _currency(column: Column) -> Expectation:
    return holds(
        f"{column.name}_is_iso_4217",
        f"{column.name} is a currency of ISO 4217.",
        is_currency(column.name),
        shows=(column.name,),
    )


def _whole_amounts(table: Table) -> tuple[Expectation, ...]:
    names = tuple(c.name for c in table.columns if c.kind is Kind.MONEY and c.name not in OTHER_CURRENCY)
    if not names or "currency" not in table.column_names:
        return ()
    return (
        holds(
            "amounts_in_whole_minor_units",
            "Amounts are whole minor units of their currency: no fraction of a cent.",
            pl.all_horizontal(is_whole(name) for name in names),
            shows=("currency", *names),
        ),
    )


def _unique_key(table: Table) -> Expectation:
    return of_table(
        Expectation(
            "key_is_unique",
            f"No two rows have the same {_listed(list(table.key))}.",
            pl.lit(True),
            Judged.UNIQUE,
            remedy="A row was written twice: run `rtr verify` and restore the table to the version before it.",
        )
    )


def fact_identity() -> Expectation:
    """The key of a silver row begins with its source and its event: what makes a repeat recognisable."""
    prefix = pl.concat_str([pl.col("source"), pl.lit("|"), pl.col("source_event_id"), pl.lit("|")])
    return holds(
        "row_key_names_its_event",
        "The key of a row is its source, its event and a part of it.",
        pl.col("row_key").str.starts_with(prefix),
        shows=("row_key", "source", "source_event_id"),
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
