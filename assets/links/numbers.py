"""One number in two systems: an invoice or order number that both print, with the same amount or the same customer.

A number alone proves nothing (both systems may count from 1001), so something else must agree: the amount with its
currency, or the customer (then a different amount is an exception, not another sale). Within `NUMBER_DAYS`, and only where
no system has the number twice: otherwise nothing is linked and the match is ambiguous.
"""

from __future__ import annotations

import polars as pl

from assets.links.evidence import as_json
from assets.links.systems import default_rank

NUMBER_DAYS = 31
BY_AMOUNT, BY_CUSTOMER = "number_and_amount", "number_and_customer"
_AGREES = {BY_AMOUNT: ("amount", "currency"), BY_CUSTOMER: ("party",)}
_CONFIDENCE = {BY_AMOUNT: "strong", BY_CUSTOMER: "probable"}


def by_number(rule: str, members: pl.DataFrame, numbers: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links in the shape of LINK, and what is ambiguous: object_id with `candidates`.

    `members` are things of one kind with group, mask (of the systems in the group), bit and party; `numbers` has object_id
    and number, several for a thing that goes by several.
    """
    key = ["type", "legal_entity_id", "number", *_AGREES[rule]]
    named = members.drop("number").join(numbers.select("object_id", "number"), on="object_id").drop_nulls(key)
    borne = named.group_by(*key, "system").agg(times=pl.len())
    shared = borne.group_by(key).agg(systems=pl.len(), most=pl.col("times").max()).filter(pl.col("systems") > 1)
    met = named.join(shared, on=key)
    clear, unclear = met.filter(pl.col("most") == 1), met.filter(pl.col("most") > 1)
    anchors = clear.sort(default_rank(kind), "system", "object_id").unique(key, keep="first", maintain_order=True)
    first = anchors.select(*key, b="object_id", b_group="group", b_mask="mask", b_day="day")
    tied = clear.join(first, on=key).filter(pl.col("group") != pl.col("b_group"))
    days = (pl.col("day") - pl.col("b_day")).dt.total_days()
    apart = (pl.col("mask") & pl.col("b_mask")) == 0
    near = tied.with_columns(days=days).filter(apart & (days.abs() <= NUMBER_DAYS))
    links = near.select(
        a="object_id",
        a_kind=pl.lit(kind),
        b="b",
        b_kind=pl.lit(kind),
        rule=pl.lit(rule),
        confidence=pl.lit(_CONFIDENCE[rule]),
        evidence=as_json("number", *_AGREES[rule], "days"),
    )
    return links.unique(["a", "b"], keep="any").sort("a", "b"), _candidates(unclear, key)


def _candidates(unclear: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """For a thing that is alone in its system under the number: those that another system has more than one of."""
    counted = unclear.with_columns(many=pl.len().over([*key, "system"]))
    several = counted.filter(pl.col("many") > 1).group_by(key).agg(candidates=pl.col("object_id").sort().str.join(","))
    alone = counted.filter(pl.col("many") == 1).join(several, on=key)
    return alone.select("object_id", "candidates").unique().sort("object_id", "candidates")
