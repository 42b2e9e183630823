"""One-to-one: which of several equal things on one side is which of several on the other.

Two systems hold things that agree in all that matters (a block) on some days. Each may have at most one copy on the other
side. Where a stretch of days holds as many on one side as on the other, the first belongs to the first, the second to the
second, and so on: equal sales told late by one system stay apart and all are matched. Otherwise the nearest day decides,
the same day first; within a day the order is by moment, number and id. So two of one side and one of the other give one
pair and one left over, whatever order they arrived in.
"""

from __future__ import annotations

import polars as pl

ORDER = ("block", "day", "at", "number", "object_id")
_PAIR = {"left": pl.String, "right": pl.String, "days": pl.Int64}


def pair(left: pl.DataFrame, right: pl.DataFrame, window: int) -> pl.DataFrame:
    """`left` and `right` (object ids) of each pair and how many `days` the right one is later.

    Both sides have block, day, at, number and object_id; days of a pair differ by `window` at most.
    """
    sides = pl.concat(
        [side.select(ORDER).with_columns(is_left=pl.lit(flag)) for side, flag in ((left, True), (right, False))]
    )
    met = pl.struct("is_left").n_unique().over("block") > 1
    waiting = sides.filter(met).sort(ORDER, nulls_last=False)
    found = _equal_stretches(waiting, window)
    pairs = [found]
    for days in sorted(range(-window, window + 1), key=lambda n: (abs(n), -n)):
        waiting = _unpaired(waiting, found)
        found = _apart(waiting, days)
        pairs.append(found)
    return pl.concat(pairs).sort("left")


def interchangeable(pairs: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Pairs of which one side might as well be another: `object_id` has `candidates` on the other side, the chosen first.

    The candidates agree in block and day, and all but the chosen were left over: which it is cannot be told.
    """
    found = []
    for side, chosen, whose in ((left, "left", "right"), (right, "right", "left")):
        rest = side.join(pairs, left_on="object_id", right_on=chosen, how="anti")
        twins = rest.group_by("block", "day").agg(twins=pl.col("object_id").sort())
        place = side.select("block", "day", chosen="object_id")
        told = pairs.select(object_id=whose, chosen=chosen).join(place, on="chosen").join(twins, on=["block", "day"])
        candidates = pl.concat_list(pl.concat_list("chosen"), "twins").list.join(",")
        found.append(told.select("object_id", candidates=candidates))
    return pl.concat(found)


def _equal_stretches(sides: pl.DataFrame, window: int) -> pl.DataFrame:
    """Stretches without a gap longer than the window that hold as many of one side as of the other."""
    gap = (pl.col("day") - pl.col("day").shift(1)).dt.total_days() > window
    begins = gap.fill_null(True) | (pl.col("block") != pl.col("block").shift(1)).fill_null(True)
    stretched = sides.with_columns(stretch=begins.cum_sum())
    ones = pl.col("is_left").cast(pl.Int64)
    even = stretched.filter((ones * 2 - 1).sum().over("stretch") == 0)
    placed = even.with_columns(place=pl.int_range(pl.len()).over("stretch", "is_left"))
    joined = _joined(placed, ["stretch", "place"])
    return joined.filter(pl.col("days").abs().max().over("stretch") <= window).select(list(_PAIR))


def _apart(sides: pl.DataFrame, days: int) -> pl.DataFrame:
    """Pairs whose right side is later by so many days."""
    met = pl.when("is_left").then(pl.col("day").dt.offset_by(f"{days}d")).otherwise("day")
    placed = sides.with_columns(place=pl.int_range(pl.len()).over("block", "day", "is_left"), met=met)
    return _joined(placed, ["block", "met", "place"]).select(list(_PAIR))


def _joined(placed: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    left = placed.filter("is_left").select(*on, "day", left="object_id")
    right = placed.filter(~pl.col("is_left")).select(*on, right_day="day", right="object_id")
    days = (pl.col("right_day") - pl.col("day")).dt.total_days()
    return left.join(right, on=on, maintain_order="left").with_columns(days=days)


def _unpaired(sides: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    taken = pl.concat([pairs.select(object_id="left"), pairs.select(object_id="right")])
    return sides.join(taken, on="object_id", how="anti", maintain_order="left") if taken.height else sides
