"""What every record of an object must say: what it is, of which object, and when it was so."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.shape import Leaf

CONTAINER = r"^[\[{]"


@dataclass(frozen=True)
class Named:
    """Something that a record must say: the column it was read to, what messages call it, and how its text may look."""

    column: str
    field: str
    pattern: str | None = None


def judge_identity(rows: pl.DataFrame, faults: Faults, kind: Named, object_id: Named, moment: Named, leaf: Leaf) -> None:
    """Report the records of which one of the three is missing or is none.

    `rows` has `row`, the columns that are named, and `at`, the moment read as `leaf` where it could be.
    """

    def report(wrong: pl.Expr, code: Code, of: Named, *, shown: bool = False) -> None:
        found = rows.filter(wrong)
        faults.add_rows(found.get_column("row"), code, of.field, found.get_column(of.column) if shown else None)

    report(pl.col(kind.column).is_null(), Code.MISSING_FIELD, kind)
    if kind.pattern:
        report(~pl.col(kind.column).str.contains(kind.pattern), Code.WRONG_TYPE, kind, shown=True)
    report(pl.col(object_id.column).fill_null("") == "", Code.MISSING_FIELD, object_id)
    report(pl.col(object_id.column).str.contains(CONTAINER), Code.WRONG_TYPE, object_id, shown=True)
    report(pl.col(moment.column).is_null(), Code.MISSING_FIELD, moment)
    undated = rows.filter(pl.col(moment.column).is_not_null() & pl.col("at").is_null())
    code = leaves.fault_code(leaf, pl.col(moment.column))
    faults.add(undated.select("row", code=code, field=pl.lit(moment.field), value=moment.column))
