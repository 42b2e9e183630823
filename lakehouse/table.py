"""What a declared table is: one declaration from which the Delta table, the checks at commit,
the data dictionary and the SQL catalogue are derived, so that nobody writes a schema twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl
import pyarrow as pa

from lakehouse.types import ARROW_TYPES, POLARS_TYPES, Kind


class Layer(StrEnum):
    """Where a table stands in the flow; also its folder and its SQL schema."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    QUARANTINE = "quarantine"
    OPS = "ops"


@dataclass(frozen=True)
class Column:
    """One column: its name, its type, what it says, whether it may be empty, and the closed set it draws from.

    `of_whole`: required of a row that tells a whole state, and not of one that tells a change or a retraction.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    of_whole: bool = False

    @property
    def needed(self) -> bool:
        """Required of a row that tells a whole state."""
        return self.required or self.of_whole


@dataclass(frozen=True)
class Table:
    """One declared table.

    `key` is unique over the whole table. `partition_by` is for layout only, never for correctness.
    `content_hash` names the column that tells two contents under one key apart: such a pair is a conflict.
    `append_only` forbids data-changing removes (the journal).
    """

    layer: Layer
    name: str
    description: str
    owner: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition_by: tuple[str, ...] = ()
    content_hash: str | None = None
    append_only: bool = False

    @property
    def qualified_name(self) -> str:
        """Name in SQL and in messages, such as `silver.documents`."""
        return f"{self.layer}.{self.name}"

    @property
    def path(self) -> str:
        """Folder below the root of the lakehouse."""
        return f"{self.layer}/{self.name}"

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def required_columns(self) -> list[str]:
        return [column.name for column in self.columns if column.required]

    @property
    def whole_columns(self) -> list[str]:
        return [column.name for column in self.columns if column.of_whole]

    def column(self, name: str) -> Column:
        """The declaration of one column; KeyError where the table has none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.qualified_name} has no column {name!r}")

    def polars_schema(self) -> pl.Schema:
        return pl.Schema({column.name: POLARS_TYPES[column.kind] for column in self.columns})

    def arrow_schema(self) -> pa.Schema:
        return pa.schema(
            [pa.field(column.name, ARROW_TYPES[column.kind], nullable=not column.required) for column in self.columns]
        )

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.polars_schema())

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with exactly the declared columns in order: absent ones empty, types cast strictly.

        Raises polars' InvalidOperationError or SchemaError where a value does not fit: a rule that yields such
        a frame is a bug, not bad input.
        """
        present = set(frame.columns)
        unknown = present - set(self.column_names)
        if unknown:
            raise ValueError(f"{self.qualified_name} has no column {', '.join(sorted(unknown))}")
        return frame.select(
            (pl.col(c.name).cast(POLARS_TYPES[c.kind]) if c.name in present else pl.lit(None, POLARS_TYPES[c.kind])).alias(
                c.name
            )
            for c in self.columns
        )
