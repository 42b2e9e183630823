"""What a running total is worth in the functional currency when what came in first goes out first."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.money.rounding import share


def layers(rows: pl.DataFrame, key: Sequence[str], start: str, end: str, worth: str) -> pl.DataFrame:
    """Pieces of a line by key: where each begins, how wide it is, what it is worth, and what all before it are.

    `rows` in order, each a piece from `start` to `end` (minor units) that was worth `worth` on its day.
    """
    before = pl.col(worth).cum_sum().over(key) - pl.col(worth)
    return rows.select(*key, begins=start, width=pl.col(end) - pl.col(start), worth=worth, base=before)


def with_worth_up_to(rows: pl.DataFrame, line: pl.DataFrame, key: Sequence[str], point: pl.Expr, name: str) -> pl.DataFrame:
    """Rows with what the line of their key is worth up to a point, in `name`; order kept.

    Exact where a piece ends, half to even between; beyond its ends the line is worth no more than all of it.
    """
    asked = rows.with_row_index("_asked").with_columns(_point=point)
    found = (
        asked.select("_asked", *key, "_point")
        .sort("_point")
        .join_asof(
            line.with_columns(_begins="begins").sort("_begins"),
            left_on="_point",
            right_on="_begins",
            by=list(key),
            strategy="backward",
            check_sortedness=False,
        )
    )
    part = pl.min_horizontal(pl.col("_point") - pl.col("begins"), "width").fill_null(0)
    worth = pl.col("base").fill_null(0) + share(pl.col("worth").fill_null(0), part, pl.col("width").fill_null(1))
    valued = found.select("_asked", worth.alias(name))
    return asked.join(valued, on="_asked", how="left", maintain_order="left").drop("_asked", "_point")


def first_out(rows: pl.DataFrame, key: Sequence[str], moved: pl.Expr, now: pl.Expr) -> pl.DataFrame:
    """Rows, in order, with `worth`, signed as `moved`: what comes in at `now`, what goes out at what came in first."""
    told = rows.with_columns(_in=moved.clip(0), _out=(-moved).clip(0)).with_columns(
        _worth=pl.when(pl.col("_in") > 0).then(now).otherwise(0),
        _until=pl.col("_in").cum_sum().over(key),
        _gone=pl.col("_out").cum_sum().over(key),
    )
    line = layers(
        told.filter(pl.col("_in") > 0).with_columns(_since=pl.col("_until") - pl.col("_in")),
        key,
        "_since",
        "_until",
        "_worth",
    )
    after = with_worth_up_to(told, line, key, pl.col("_gone"), "_after")
    both = with_worth_up_to(after, line, key, pl.col("_gone") - pl.col("_out"), "_before")
    return both.with_columns(worth=pl.col("_worth") - (pl.col("_after") - pl.col("_before"))).drop(
        "_in", "_out", "_worth", "_until", "_gone", "_after", "_before"
    )
