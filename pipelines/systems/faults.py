"""What is wrong with which record, collected while a block is judged. Of several faults the first one found is told."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.systems.codes import Code, Fault

FAULT_SCHEMA = pl.Schema({"row": pl.UInt32(), "code": pl.String(), "field": pl.String(), "value": pl.String()})


class Faults:
    """Grows by what each check finds; empty for a block in which all is well."""

    def __init__(self) -> None:
        self._found: list[pl.DataFrame] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, found: pl.DataFrame) -> None:
        """`found` has `row`, `code`, `field` and `value`."""
        if found.height:
            self._found.append(found.select(pl.col(name).cast(kind) for name, kind in FAULT_SCHEMA.items()))

    def add_rows(self, rows: pl.Series, code: Code, field: str | None, values: pl.Series | None = None) -> None:
        """The same fault of several records."""
        if rows.is_empty():
            return
        self.add(
            pl.DataFrame({"row": rows}).with_columns(
                code=pl.lit(code.value),
                field=pl.lit(field, pl.String),
                value=pl.lit(None, pl.String) if values is None else values.cast(pl.String),
            )
        )

    def add_each(self, faults: Iterable[tuple[int, Fault]]) -> None:
        """Faults of single records."""
        rows = [(row, fault.code.value, fault.field, fault.value) for row, fault in faults]
        self.add(pl.DataFrame(rows, schema=FAULT_SCHEMA, orient="row"))

    def put_first(self, earlier: Faults) -> None:
        """What another check found takes precedence over what is here."""
        self._found[:0] = earlier._found

    def first(self) -> pl.DataFrame:
        """One fault a record, in the order of the records."""
        if not self._found:
            return pl.DataFrame(schema=FAULT_SCHEMA)
        return pl.concat(self._found).unique("row", keep="first", maintain_order=True).sort("row")


def describe(faults: pl.DataFrame) -> pl.DataFrame:
    """`row` with code, message and remedy, from the result of `Faults.first`."""
    wordings = [
        (Code(code).message(field, value), Code(code).remedy)
        for code, field, value in faults.select("code", "field", "value").iter_rows()
    ]
    return faults.select(
        "row",
        "code",
        message=pl.Series([message for message, _ in wordings], dtype=pl.String),
        remedy=pl.Series([remedy for _, remedy in wordings], dtype=pl.String),
    )
