"""Nothing is counted twice: the copies that do not count are left out of the facts before any rule of revenue sees them.

What names such a copy (a payment, an application, a credit note, a refund, an invoice's contract) names from then on the
copy that counts, so a bill of the billing system is settled by the payment that only the shop knows. Where several copies
count, such as the instalments of an order, it is left naming the copy, and waits.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from assets.facts.admission import Admitted
from lakehouse.table import Table
from lakehouse.tables import silver

# Columns of each table that name an object of a kind.
_NAMES: dict[Table, dict[str, str]] = {
    silver.DOCUMENTS: {"contract_id": "contract", "corrects_document_id": "document"},
    silver.DOCUMENT_LINES: {"contract_id": "contract"},
    silver.CASH: {"document_id": "document", "payment_id": "cash"},
    silver.CASH_APPLICATIONS: {"document_id": "document", "cash_id": "cash"},
}
# Where the rows of a copy stand: table, and the column that names it.
_ROWS: tuple[tuple[Table, str, str], ...] = (
    (silver.DOCUMENTS, "object_id", "document"),
    (silver.DOCUMENT_LINES, "document_id", "document"),
    (silver.CASH, "object_id", "cash"),
    (silver.CONTRACTS, "object_id", "contract"),
    (silver.CONTRACT_LINES, "contract_id", "contract"),
)


def counted_once(admitted: Admitted, copies: pl.DataFrame, payers: pl.DataFrame) -> Admitted:
    """The facts without the copies that do not count. `copies`: gold.sale_copies.

    `payers`: cash_id and document_id of cash whose document only a reference names; it settles that document.
    """
    left_out = copies.filter(~pl.col("counts"))
    tables = dict(admitted.tables)
    if payers.height:
        tables[silver.CASH.name] = _settling(tables[silver.CASH.name], payers)
    if left_out.is_empty():
        return replace(admitted, tables=tables)
    stands_for = _stands_for(left_out, tables[silver.CASH.name])
    tables[silver.CASH.name] = _settling(tables[silver.CASH.name], _said_by_copies(tables[silver.CASH.name], stands_for))
    for table, column, kind in _ROWS:
        gone = left_out.filter(object_kind=kind).select(pl.col("object_id").alias(column))
        if gone.height:
            tables[table.name] = tables[table.name].join(gone, on=column, how="anti", maintain_order="left")
    for table, names in _NAMES.items():
        for column, kind in names.items():
            tables[table.name] = _renamed(tables[table.name], column, stands_for.filter(kind=kind))
    return replace(admitted, tables=tables)


def _stands_for(left_out: pl.DataFrame, cash: pl.DataFrame) -> pl.DataFrame:
    """kind, name and `counted`, the copy that counts: by object id, and by the group of a payment's tries."""
    known = left_out.drop_nulls("counted_object_id").select(
        kind="object_kind", name="object_id", counted="counted_object_id"
    )
    groups = cash.drop_nulls("payment_group_id").select("payment_group_id", name="object_id").unique()
    by_group = (
        groups.join(known.filter(kind="cash"), on="name")
        .group_by(kind="kind", name="payment_group_id")
        .agg(pl.col("counted").min())
    )
    return pl.concat([known, by_group]).unique(["kind", "name"], keep="first", maintain_order=True)


def _said_by_copies(cash: pl.DataFrame, stands_for: pl.DataFrame) -> pl.DataFrame:
    """The document that copies name which do not count: cash_id of the one that does, and document_id."""
    named = cash.drop_nulls("document_id").select("document_id", name="object_id")
    told = named.join(stands_for.filter(kind="cash"), on="name")
    return told.group_by(cash_id="counted").agg(pl.col("document_id").min())


def _renamed(rows: pl.DataFrame, column: str, stands_for: pl.DataFrame) -> pl.DataFrame:
    if stands_for.is_empty():
        return rows
    joined = rows.join(
        stands_for.select(pl.col("name").alias(column), "counted"), on=column, how="left", maintain_order="left"
    )
    return joined.with_columns(pl.coalesce("counted", column).alias(column)).drop("counted")


def _settling(cash: pl.DataFrame, payers: pl.DataFrame) -> pl.DataFrame:
    named = payers.select(object_id="cash_id", named="document_id")
    joined = cash.join(named, on="object_id", how="left", maintain_order="left")
    return joined.with_columns(document_id=pl.coalesce("document_id", "named")).drop("named")
