"""The transaction price of each contract, allocated: at inception, anew at each modification, and again at each estimate.

A version is a day on which something changed that the price depends on. Each version is computed from the beginning with
the variable amounts as estimated by then, segment by segment:

* in the first segment the whole price is shared by standalone selling prices (`assets.allocation.weights`);
* at a prospective modification, what is not yet recognised and what was added is shared by the standalone prices of what
  remains (ASC 606-10-25-13(a), IFRS 15.21(a)); what was recognised stays;
* a promise of which the rest is not distinct takes its own change of price, and is caught up (25-13(b), 21(b)).

So a change of an estimate that was promised before a modification reaches what was performed before it, and what was open
then is shared anew with what was added (32-45, 90; Example 6). Amounts are whole minor units at every step, so that nothing
is lost between them. The loop is over the ordinal of modifications, all contracts at once.
"""

from __future__ import annotations

import polars as pl

from assets.allocation.relative import shared
from assets.allocation.weights import with_weights
from assets.facts.agreed import Agreed
from assets.money.rounding import share

KEY = ("pool", "version", "obligation_id")


def allocations(panel: pl.DataFrame, amounts: pl.DataFrame, agreed: Agreed, policies: pl.DataFrame) -> pl.DataFrame:
    """One row for each pool, version and obligation, minor units.

    `amounts`: variable amounts: pool, component, target (an obligation, or empty: all), day, value. Returns pool, version
    (its day), segment, the state of the line, `weight`, `allocated` (for its whole life), `base` (recognised when the
    segment opened) and `base_units` (units performed by then).
    """
    cuts = panel.select("pool", "segment", "opens_on").unique()
    versions = _versions(cuts, amounts)
    valued = _at_versions(versions, amounts, cuts)
    before: pl.DataFrame | None = None
    finished = []
    for segment in range(panel.get_column("segment").n_unique()):  # a pool has every ordinal up to its last
        reached = versions.filter(pl.col("last_segment") >= segment)
        rows = reached.join(panel.filter(segment=segment), on="pool")
        rows = _with_amounts(rows, valued.filter(segment=segment))
        before = _first(rows, agreed, policies) if before is None else _next(rows, before)
        finished.append(before.filter(pl.col("last_segment") == segment))
    return pl.concat(finished) if finished else pl.DataFrame()


def _versions(cuts: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    opening = cuts.select("pool", version="opens_on")
    first = cuts.group_by("pool").agg(begins=pl.col("opens_on").min())
    estimated = amounts.join(first, on="pool").select("pool", version=pl.max_horizontal("day", "begins"))
    days = pl.concat([opening, estimated]).unique().sort("version")
    segment = cuts.select("pool", "opens_on", last_segment="segment").sort("opens_on")
    return days.join_asof(
        segment, left_on="version", right_on="opens_on", by="pool", strategy="backward", check_sortedness=False
    ).select("pool", "version", "last_segment")


def _at_versions(versions: pl.DataFrame, amounts: pl.DataFrame, cuts: pl.DataFrame) -> pl.DataFrame:
    """Every variable amount at every version from its first day on, with the segment in which it was promised."""
    opened = cuts.sort("opens_on")
    first = amounts.group_by("pool", "component").agg(first_day=pl.col("day").min()).sort("first_day")
    promised = first.join_asof(
        opened, left_on="first_day", right_on="opens_on", by="pool", strategy="backward", check_sortedness=False
    ).with_columns(pl.col("segment").fill_null(0))
    grid = versions.join(promised.select("pool", "component", "segment"), on="pool").sort("version")
    told = amounts.select("pool", "component", "target", "day", "value").sort("day")
    held = grid.join_asof(
        told, left_on="version", right_on="day", by=["pool", "component"], strategy="backward", check_sortedness=False
    )
    begun = pl.col("day").is_not_null() | (pl.col("segment") == 0)
    first_value = told.group_by("pool", "component", maintain_order=True).agg(
        early=pl.col("value").first(), aim=pl.col("target").first()
    )
    # An amount told before the contract begins holds from its beginning.
    whole = (
        held.filter(begun)
        .join(first_value, on=["pool", "component"])
        .with_columns(target=pl.coalesce("target", "aim"), value=pl.col("value").fill_null(0))
    )
    return whole.select("pool", "version", "segment", "component", "target", "value")


def _with_amounts(rows: pl.DataFrame, valued: pl.DataFrame) -> pl.DataFrame:
    """`own_variable` of the obligation and `pool_variable` of the pool, promised in this segment."""
    own = (
        valued.drop_nulls("target")
        .group_by("pool", "version", obligation_id="target")
        .agg(own_variable=pl.col("value").sum())
    )
    common = valued.filter(pl.col("target").is_null()).group_by("pool", "version").agg(pool_variable=pl.col("value").sum())
    joined = rows.join(own, on=list(KEY), how="left").join(common, on=["pool", "version"], how="left")
    return joined.with_columns(pl.col("own_variable", "pool_variable").fill_null(0))


def _first(rows: pl.DataFrame, agreed: Agreed, policies: pl.DataFrame) -> pl.DataFrame:
    group = ["pool", "version"]
    priced = rows.with_columns(to_share=pl.col("price").sum().over(group) + pl.col("pool_variable"))
    weighed = with_weights(priced, agreed.prices, policies)
    parts = shared(weighed, group, "to_share", "weight", "obligation_id", "part")
    return parts.with_columns(
        allocated=pl.col("part") + pl.col("own_variable"),
        base=pl.lit(0, pl.Int64),
        base_units=pl.lit(0, pl.Int128),
    ).drop("to_share", "part")


def _next(rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """One modification further."""
    group = ["pool", "version"]
    held = before.select(*KEY, "allocated", "base", "base_units")
    joined = rows.join(held, on=list(KEY), how="left").with_columns(
        pl.col("allocated", "base").fill_null(0), pl.col("base_units").fill_null(0)
    )
    part, whole = pl.col("reached") - pl.col("base_units"), pl.col("of") - pl.col("base_units")
    open_then = share(pl.col("allocated") - pl.col("base"), part.clip(0), whole.clip(1))
    all_of_it = pl.col("allocated") - pl.col("base")
    recognised = joined.with_columns(recognised=pl.col("base") + pl.when(whole > 0).then(open_then).otherwise(all_of_it))
    ends = pl.col("gone")
    joins = ~pl.col("one_promise") & ~pl.col("restates") & ~ends
    flagged = recognised.with_columns(ends=ends, joins=joins).with_columns(any_joins=pl.col("joins").any().over(group))
    takes = pl.when("any_joins").then("joins").otherwise(~pl.col("ends"))
    to_come = pl.col("allocated") - pl.col("recognised")
    remaining = pl.when("joins").then(to_come + pl.col("price_change")).otherwise(0)
    restated = pl.when(pl.col("restates") & ~pl.col("ends")).then(pl.col("allocated") + pl.col("price_change")).otherwise(0)
    pooled = pl.when("any_joins").then(remaining).otherwise(restated)
    # A promise that is new weighs what it costs; of the others only what remains.
    left = share(pl.col("standalone"), (pl.col("units_in_all") - pl.col("units_done")).clip(0), pl.col("units_in_all"))
    in_full = pl.col("restates") | pl.col("one_promise")
    weight = pl.when(takes).then(pl.when(in_full).then("standalone").otherwise(left)).otherwise(0)
    weighed = flagged.with_columns(takes=takes, weight=weight, to_share=pooled.sum().over(group) + pl.col("pool_variable"))
    takers = shared(weighed.filter("takes"), group, "to_share", "weight", "obligation_id", "part")
    others = weighed.filter(~pl.col("takes")).with_columns(part=pl.lit(0, pl.Int64))
    every = pl.concat([takers.select([*weighed.columns, "part"]), others.select([*weighed.columns, "part"])])
    by_itself = pl.col("allocated") + pl.col("price_change") + pl.col("own_variable")
    whole_life = (
        pl.when("ends")
        .then("recognised")
        .when("joins")
        .then(pl.col("recognised") + pl.col("part") + pl.col("own_variable"))
        .when("restates")
        .then(pl.col("part") + pl.col("own_variable"))
        .otherwise(by_itself + pl.col("part"))
    )
    fresh = pl.col("joins") | pl.col("ends")
    return every.with_columns(
        allocated=whole_life,
        base=pl.when(fresh).then("recognised").otherwise("base"),
        base_units=pl.when(fresh).then("units_done").otherwise("base_units"),
    ).select(before.columns)
