"""gold.sale_copies: the copies of each thing, and which one the books count."""

from __future__ import annotations

import polars as pl

from assets.links.precedence import DEFAULT_POLICY, with_counted
from lakehouse.tables import gold

MEMBER = pl.Schema(
    {
        "kind": pl.String(),
        "group": pl.String(),
        "object_id": pl.String(),
        "system": pl.String(),
        "counts": pl.Boolean(),
        "counted_system": pl.String(),
        "policy": pl.String(),
        "row_key": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "day": pl.Date(),
        "amount": pl.Int64(),
        "currency": pl.String(),
        "customer_id": pl.String(),
        "party": pl.String(),
        "live": pl.Boolean(),
    }
)
"""A copy with its group, whether it counts, and what it says."""
_SAID = ("system", "row_key", "at", "day", "amount", "currency", "customer_id", "party", "live")


def members_of(things: pl.DataFrame, groups: pl.DataFrame, kind: str, policies: pl.DataFrame) -> pl.DataFrame:
    """Things of one kind that have copies, in the shape of MEMBER."""
    members = things.join(groups, on="object_id").with_columns(group=group_name(kind, "group"))
    return with_counted(members, kind, policies).select(list(MEMBER))


def group_name(kind: str, column: str) -> pl.Expr:
    """Name of a group by the id it is named after: ids are unique within a kind only."""
    return pl.concat_str(pl.lit(f"{kind}|"), column)


def in_place_of(rows: pl.DataFrame, members: pl.DataFrame, column: str, kind: str, name: str) -> pl.DataFrame:
    """The rows with the group of the thing that a column names: one of its own where it has no copy."""
    groups = members.filter(kind=kind).select(pl.col("object_id").alias(column), pl.col("group").alias(name))
    return rows.join(groups, on=column, how="left").with_columns(
        pl.coalesce(pl.col(name), group_name(kind, column)).alias(name)
    )


def with_notes(members: pl.DataFrame, notes: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """The members with each credit note in the group of the refund that it is evidence of.

    `notes`: links from credit notes to refunds. Copies of such a note follow it, and none of them counts.
    """
    known = things.select("object_id", "kind", *_SAID)
    cash = members.filter(kind="cash")
    told = in_place_of(notes.select(note="a", refund="b"), members, "refund", "cash", "group").join(
        cash.select("policy", refund="object_id"), on="refund", how="left"
    )
    refunds = known.filter(kind="cash").select(refund="object_id", counted_system="system")
    named = told.with_columns(pl.col("policy").fill_null(DEFAULT_POLICY)).join(refunds, on="refund")
    of_note = named.join(known.filter(kind="document"), left_on="note", right_on="object_id")
    of_refund = named.join(known.filter(kind="cash"), left_on="refund", right_on="object_id")
    added = [
        of_refund.with_columns(object_id="refund", counts=pl.lit(True)).join(cash, on="object_id", how="anti"),
        of_note.with_columns(object_id="note", counts=pl.lit(False)),
    ]
    every = [_followed(members, named), *(rows.select(list(MEMBER)) for rows in added)]
    return pl.concat(every).unique(["kind", "object_id"], keep="last", maintain_order=True)


def _followed(members: pl.DataFrame, notes: pl.DataFrame) -> pl.DataFrame:
    """Members whose counted credit note gave way to a refund go into the group of the refund."""
    moved = notes.select(object_id="note", new="group", new_system="counted_system")
    gone = members.filter(kind="document").join(moved, on="object_id").select("group", "new", "new_system")
    joined = members.join(gone.unique("group", keep="any"), on="group", how="left", maintain_order="left")
    return joined.with_columns(
        counts=pl.col("counts") & pl.col("new").is_null(),
        group=pl.coalesce("new", "group"),
        counted_system=pl.coalesce("new_system", "counted_system"),
    ).drop("new", "new_system")


def sale_copies(members: pl.DataFrame) -> pl.DataFrame:
    """gold.sale_copies."""
    counted = (
        members.filter("counts")
        .group_by(sale_id="group")
        .agg(counted_object_id=pl.when(pl.len() == 1).then(pl.col("object_id").first()))
    )
    rows = members.rename({"kind": "object_kind", "group": "sale_id"}).join(counted, on="sale_id", how="left")
    return gold.SALE_COPIES.conform(rows.select(gold.SALE_COPIES.column_names).sort("object_kind", "object_id"))
