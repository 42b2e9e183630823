"""What must hold of the facts of any system: documents tie out to the cent, and the gates let every row through."""

from __future__ import annotations

import polars as pl

from expectations.gate import judge
from lakehouse.tables import BY_NAME
from lakehouse.tables.silver import TABLES
from pipelines.systems.interface import Normalised


def documents_tie_out(normalised: Normalised) -> None:
    """Every document that is no draft: lines + tax = total, and where lines say their tax it is that of the document."""
    documents = normalised.facts["silver.documents"].filter(pl.col("status") != "draft").unique("row_key")
    keys = ["source_event_id", "document_id"]
    lines = (
        normalised.facts["silver.document_lines"]
        .unique("row_key")
        .group_by(keys)
        .agg(net=pl.col("amount").sum(), line_tax=pl.col("tax").fill_null(0).sum())
    )
    joined = documents.join(lines, left_on=["source_event_id", "object_id"], right_on=keys, how="left")
    assert joined.height
    lost = joined.filter(
        (pl.col("net") + pl.col("tax") != pl.col("total")) | (pl.col("subtotal") + pl.col("tax") != pl.col("total"))
    )
    assert lost.select("object_id", "net", "tax", "total").rows() == []
    assert (
        joined.filter(pl.col("line_tax") != 0, pl.col("line_tax") != pl.col("tax"))
        .select("object_id", "line_tax", "tax")
        .rows()
        == []
    )


def held_back(normalised: Normalised) -> dict[tuple[str, str], int]:
    """Rows by table and expectation that the gates of silver find fault with, warnings included."""
    empty = {table.qualified_name: table.empty() for table in TABLES}
    once = {name: frame.unique("row_key", maintain_order=True) for name, frame in normalised.facts.items()}
    reports = [judge(BY_NAME[name], frame, {**empty, **once}) for name, frame in once.items()]
    return {
        (report.table.name, result.expectation.name): result.rows_failing
        for report in reports
        for result in report.failures
    }
