"""Rows of a silver table from the rows of a feed, column by column as the mapping says."""

from __future__ import annotations

import polars as pl

from lakehouse.types import Kind
from pipelines.systems.facts import Fact
from pipelines.systems.faults import Faults
from pipelines.systems.mapped.read_mapping import refers_to
from pipelines.systems.mapped.spec import TableFact
from pipelines.systems.mapped.values import Wanted, read
from pipelines.systems.native import NOT_OBJECT_IDS


def table_fact(fact: TableFact, rows: pl.DataFrame, source: str, faults: Faults) -> Fact:
    """The rows of one table; `rows` are those of which the fact speaks."""
    wanted = [Wanted("object_id", fact.id, required=True, noun=fact.noun)]
    if fact.time:
        wanted.append(Wanted("effective_at", fact.time, Kind.TIMESTAMP, required=True))
    for name, value in fact.columns.items():
        column = fact.table.column(name)
        is_currency = name == "currency" or name.endswith("_currency")
        is_id = name.endswith("_id") and name not in NOT_OBJECT_IDS
        wanted.append(
            Wanted(
                name,
                value,
                column.kind,
                column.needed,
                column.allowed,
                refers_to(name) if is_id else None,
                is_currency,
                _currency_of(fact, name) if column.kind is Kind.MONEY else None,
            )
        )
    found = read(rows, wanted, source, faults)
    if not fact.time:
        found = found.with_columns(rows.get_column("effective_at"))
    return Fact(fact.table, found.with_columns(part=pl.lit(fact.part)))


def _currency_of(fact: TableFact, name: str) -> str | None:
    own = name.replace("amount", "currency")
    return next((column for column in (own, "currency") if column in fact.columns and column != name), None)
