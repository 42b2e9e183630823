"""A contract between two of its modifications: segments, and the obligations in each as they then stood.

A pool is what is shared together: a contract with the promises of its inception and of its modifications. What is added at
its standalone price is a pool of its own, a separate contract; so is a renewal.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.facts.agreed import Agreed
from assets.modifications.treatment import CATCH_UP, CREDIT, PROSPECTIVE, SEPARATE, changes, is_one_promise, treatments
from assets.pricing.standalone import with_standalone_price
from assets.progress.performed import Done, with_progress
from assets.recognition.calendar_methods import UNITS_OF_THE_WHOLE


@dataclass(frozen=True)
class Segments:
    """`panel`: one row for each obligation and segment of its pool: pool, segment, opens_on, obligation_id, the state of
    the line in force, `standalone`, `price_change` (of the line, since the segment before), `reached` and `of` (units
    performed on the eve, and units promised until then), `units_done` and `units_in_all` (the same as it is promised from
    then on, which may count in other units), `one_promise`, `restates` (a judgement restates the whole pool).

    `modifications`: lead_id, day, treatment, reason, decided_by.
    """

    panel: pl.DataFrame
    modifications: pl.DataFrame


def segments(
    states: pl.DataFrame, agreed: Agreed, policies: pl.DataFrame, done_by: Done, conceded: pl.DataFrame
) -> Segments:
    """Cut contracts at their modifications. `conceded`: lead_id, day, document_id of notes that concede a lower price."""
    own_day = states.with_columns(pool="lead_id", segment=pl.col("day").to_physical(), opens_on="day")
    valued = with_standalone_price(own_day, agreed, policies).drop("pool", "segment", "opens_on")
    modified = changes(valued)
    treated = treatments(modified, agreed.judgements)
    pooled = _with_pool(valued, modified, treated)
    treated = _with_concessions(treated, conceded)
    days = _cuts(pooled, modified, treated, conceded)
    panel = with_standalone_price(_panel(days, pooled), agreed, policies)
    return Segments(_on_the_eve(panel, done_by), treated)


def _with_pool(states: pl.DataFrame, modified: pl.DataFrame, treated: pl.DataFrame) -> pl.DataFrame:
    """Which pool each obligation belongs to, from its first day on."""
    added = modified.filter("added").join(treated.filter(treatment=SEPARATE), on=["lead_id", "day"])
    apart = added.select("obligation_id", apart=pl.concat_str("lead_id", pl.lit("|"), pl.col("day").cast(pl.String)))
    by_itself = (pl.col("obligation_id") != pl.col("line_id")) | (pl.col("promise_kind") == CREDIT).fill_null(False)
    renewal = pl.when(by_itself).then(pl.concat_str("lead_id", pl.lit("|"), "obligation_id"))
    joined = states.join(apart, on="obligation_id", how="left", maintain_order="left")
    return joined.with_columns(pool=pl.coalesce("apart", renewal, "lead_id")).drop("apart")


def _with_concessions(treated: pl.DataFrame, conceded: pl.DataFrame) -> pl.DataFrame:
    """A concession changes the contract too; on the day of another change it is part of that one."""
    of_day = conceded.group_by("lead_id", "day").agg(note=pl.col("document_id").min())
    why = pl.concat_str(pl.lit("Credit note "), "note", pl.lit(" concedes a lower price."))
    alone = of_day.join(treated, on=["lead_id", "day"], how="anti").with_columns(
        treatment=pl.lit(PROSPECTIVE), reason=why, decided_by=pl.lit("rule")
    )
    return pl.concat([treated, alone.select(treated.columns)]).sort("lead_id", "day")


def _cuts(pooled: pl.DataFrame, modified: pl.DataFrame, treated: pl.DataFrame, conceded: pl.DataFrame) -> pl.DataFrame:
    """Segments of each pool: pool, segment (0 for the first), opens_on, treatment."""
    first = pooled.group_by("pool", "lead_id").agg(opens_on=pl.col("day").min())
    pool_of = pooled.select("obligation_id", "pool").unique()
    later = modified.join(pool_of, on="obligation_id").select("pool", "lead_id", opens_on="day").unique()
    told = conceded.select("lead_id", opens_on="day", pool="lead_id")
    begun = told.join(first.select("pool", begins="opens_on"), on="pool").filter(pl.col("opens_on") > pl.col("begins"))
    later = pl.concat([later, begun.select(later.columns)])
    days = pl.concat([first.select("pool", "lead_id", "opens_on"), later]).unique().sort("pool", "opens_on")
    told = treated.select("lead_id", "treatment", "decided_by", opens_on="day")
    return days.with_columns(segment=pl.int_range(pl.len()).over("pool")).join(
        told, on=["lead_id", "opens_on"], how="left", maintain_order="left"
    )


def _panel(days: pl.DataFrame, pooled: pl.DataFrame) -> pl.DataFrame:
    """Every obligation of the pool in every segment from its first day on, in the state that then holds."""
    begun = pooled.group_by("pool", "obligation_id").agg(first_day=pl.col("day").min())
    grid = days.drop("lead_id").join(begun, on="pool").filter(pl.col("first_day") <= pl.col("opens_on"))
    states = pooled.drop("pool", "standalone", "at_standalone").sort("day")
    held = grid.sort("opens_on").join_asof(
        states.with_columns(told_on="day"),
        left_on="opens_on",
        right_on="told_on",
        by="obligation_id",
        strategy="backward",
        check_sortedness=False,
    )
    before = pl.col("price").shift(1).over("obligation_id").fill_null(0)
    ordered = held.sort("pool", "obligation_id", "segment")
    restates = (pl.col("treatment") == CATCH_UP) & (pl.col("decided_by") != "rule")
    return ordered.with_columns(
        price_change=pl.col("price") - before, one_promise=is_one_promise(), restates=restates.fill_null(False)
    ).drop("treatment", "decided_by")


def _on_the_eve(panel: pl.DataFrame, done_by: Done) -> pl.DataFrame:
    """How far each obligation was performed when the segment opened: on its eve, as it was promised until then."""
    ordered = panel.sort("pool", "obligation_id", "segment")
    eve = pl.col("opens_on").shift(-1).over("obligation_id").dt.offset_by("-1d")
    until = ordered.with_columns(at=eve, segment=pl.col("segment") + 1).drop_nulls("at")
    keys = ["obligation_id", "segment"]
    measured = with_progress(until, done_by).select(*keys, reached="performed", of="total", counted_as="method")
    as_promised = ordered.with_columns(at=pl.col("opens_on").dt.offset_by("-1d"))
    in_all = with_progress(as_promised, done_by).select(*keys, units_done="performed", units_in_all="total")
    joined = ordered.join(measured, on=keys, how="left", maintain_order="left").join(in_all, on=keys, how="left")
    same_units = (pl.col("counted_as") == pl.col("method")) & (pl.col("method") != UNITS_OF_THE_WHOLE)
    return joined.with_columns(
        pl.col("reached").fill_null(0),
        pl.col("of").fill_null(1),
        units_done=pl.when(pl.col("counted_as").is_null()).then(0).when(same_units).then("reached").otherwise("units_done"),
    ).drop("counted_as")
