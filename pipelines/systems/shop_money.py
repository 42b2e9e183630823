"""Sums of the money of shops: exact, over lists within records, before what does not tie is sorted out."""

from __future__ import annotations

import polars as pl

WIDE = pl.Decimal(38, 4)
"""Room for sums and products of money that nobody has judged yet."""

NOTHING = pl.lit(0).cast(WIDE)


def nought(amount: pl.Expr) -> pl.Expr:
    """The amount, 0.00 where none is told."""
    return amount.fill_null(NOTHING)


def shown(amount: pl.Expr | str) -> pl.Expr:
    """The amount as people write it, without the zeros that its column has room for."""
    expression = pl.col(amount) if isinstance(amount, str) else amount
    return expression.cast(pl.String).str.replace(r"0{1,2}$", "")


def as_parents(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a frame, whole, with `_up`: what the elements of their lists name them by."""
    return frame.drop("_up", strict=False).with_row_index("_up")


def total(parents: pl.DataFrame, children: pl.DataFrame, amount: pl.Expr) -> pl.Series:
    """Sum of an amount over the elements of each row's list; 0.00 for an empty one.

    `_up` of the children is the place of their parent in its frame, so `parents` must be that frame, whole.
    """
    sums = children.group_by("_up").agg(total=amount.cast(WIDE).sum())
    places = pl.DataFrame({"_up": pl.Series(range(parents.height), dtype=pl.UInt32)})
    found = places.join(sums, on="_up", how="left", maintain_order="left")
    return found.select(nought(pl.col("total"))).to_series()
