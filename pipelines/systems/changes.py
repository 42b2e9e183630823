"""Records that may tell a change instead of a whole state, and how they become rows of silver.

A system brings its records into one shape, a row an object in `reading.root`: `_id` (of the object, without the source),
`_n` (unique within the record), `_deleted`, `_sequence` (the source's order) and `_changed`: the names of the fields of
which the record speaks, or nothing where it tells the whole state. What each column says is declared as `Said`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from lakehouse.table import Table
from lakehouse.tables.silver import CHANGED_COLUMNS, EXTERNAL_REFERENCES
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading

CHANGED = pl.col("_changed")
WHOLE = CHANGED.is_null()
# A whole state of an object that is there: what it must have can be missed.
STANDS = WHOLE & ~pl.col("_deleted")


@dataclass(frozen=True)
class Said:
    """What a column says: an expression over the fields of a record, and the fields that it depends on.

    Without fields only a whole state says it. `refers`: it is the id of another object of the source. `together`: a change
    says it only where it names all of the fields. `known`: a change says it only where something comes out.
    """

    value: pl.Expr
    fields: tuple[str, ...]
    refers: bool = False
    together: bool = False
    known: bool = False

    @property
    def spoken(self) -> pl.Expr:
        """Whether a change says it."""
        if not self.fields:
            return pl.lit(False)
        named = [CHANGED.list.contains(name) for name in self.fields]
        spoken = (pl.all_horizontal(named) if self.together else pl.any_horizontal(named)).fill_null(False)
        return spoken & self.value.is_not_null() if self.known else spoken


def said(*fields: str) -> Said:
    """The first of the fields that says something."""
    return Said(pl.coalesce(fields), fields)


def refers(name: str) -> Said:
    """The object whose id stands in a field."""
    return Said(pl.col(name), (name,), refers=True)


@dataclass(frozen=True)
class Reference:
    """How a record calls itself or something else elsewhere: a row of external references where the field is filled.

    `refers`: the field holds the id of another object of the source.
    """

    kind: str
    field: str
    relation: str = "names"
    refers: bool = False


def states(
    reading: Reading, table: Table, columns: Mapping[str, Said], constant: Mapping[str, str], part: str | None = None
) -> Fact:
    """Rows of a table; of a change only the columns that it speaks of are filled, and named."""
    spoken = {name: column.spoken for name, column in columns.items()}
    named = [pl.when(speaks).then(pl.lit(name)) for name, speaks in sorted(spoken.items())]
    value = {name: reading.object_id(c.value) if c.refers else c.value for name, c in columns.items()}
    changed = pl.concat_list(named).list.drop_nulls().list.join(",")
    rows = reading.root.select(
        *_of_the_record(reading, part or table.name),
        *(pl.lit(text).alias(name) for name, text in constant.items()),
        *(pl.when(WHOLE | spoken[name]).then(value[name]).alias(name) for name in columns),
        pl.when(~WHOLE & ~pl.col("_deleted")).then(changed).alias(CHANGED_COLUMNS),
    )
    return Fact(table, rows.filter(pl.col(CHANGED_COLUMNS).ne_missing("")))


def references(reading: Reading, object_kind: str, told: Sequence[Reference]) -> list[Fact]:
    """What records say of the identity of their objects elsewhere."""
    return [Fact(EXTERNAL_REFERENCES, _reference(reading, object_kind, reference)) for reference in told]


def _reference(reading: Reading, object_kind: str, reference: Reference) -> pl.DataFrame:
    filled = pl.col(reference.field).is_not_null() & (pl.col(reference.field).str.strip_chars() != "")
    found = reading.root.filter(filled & (WHOLE | said(reference.field).spoken))
    text = reading.object_id(reference.field) if reference.refers else pl.col(reference.field)
    return found.select(
        *_of_the_record(reading, f"external_references/{reference.kind}/{reference.field}"),
        object_kind=pl.lit(object_kind),
        relation=pl.lit(reference.relation),
        reference_system=pl.lit(reading.source if reference.refers else None, pl.String),
        reference_kind=pl.lit(reference.kind),
        reference=text,
    )


def _of_the_record(reading: Reading, part: str) -> list[pl.Expr]:
    deleted = pl.when("_deleted").then(pl.lit("retract")).otherwise(pl.lit("assert"))
    return [
        pl.col("_row"),
        pl.format(f"{part}/{{}}", "_n").alias("part"),
        reading.object_id("_id").alias("object_id"),
        pl.col("event_at").alias("effective_at"),
        pl.col("_sequence").cast(pl.Int64).alias("source_sequence"),
        deleted.alias("operation"),
    ]
