"""Does a variable amount belong to one promise alone?

It does where that gives what the allocation objective would (ASC 606-10-32-40, IFRS 15.85): each promise gets its
standalone share of the whole price when it keeps its own fixed price and its own variable amount. Otherwise the amount is
shared like the rest of the price. What is expected to be returned is of the goods returned, always. Policy
`variable_allocation`: by_objective (the default), entirely, or relative.
"""

from __future__ import annotations

import polars as pl

from assets.allocation.relative import shared
from assets.contracts.policies import SCOPES_OF_LINE, with_choice
from assets.pricing.variable import LOWERING

POLICY = "variable_allocation"
CHOICES = ("by_objective", "entirely", "relative")


def aimed(amounts: pl.DataFrame, panel: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Variable amounts with `pool`, `allocation`, and `target` emptied where the amount is shared by all promises."""
    first = panel.filter(segment=0)
    pool_of = panel.group_by("obligation_id").agg(pl.col("pool").first())
    told = amounts.join(pool_of, left_on="target", right_on="obligation_id", how="left").with_columns(
        pool=pl.coalesce("pool", "lead_id")
    )
    early = told.sort("day").group_by("pool", "component", maintain_order=True).agg(pl.col("target", "value").first())
    own = early.drop_nulls("target").group_by("pool", obligation_id="target").agg(aimed_at=pl.col("value").sum())
    common = early.filter(pl.col("target").is_null()).group_by("pool").agg(common=pl.col("value").sum())
    rows = first.join(own, on=["pool", "obligation_id"], how="left").join(common, on="pool", how="left")
    rows = rows.with_columns(pl.col("aimed_at", "common").fill_null(0))
    rows = rows.with_columns(keeps=pl.col("price") + pl.col("aimed_at"))
    rows = rows.with_columns(whole=pl.col("keeps").sum().over("pool"))
    by_objective = shared(rows, ["pool"], "whole", "standalone", "obligation_id", "fair")
    chosen = with_choice(by_objective, policies, POLICY, CHOICES, CHOICES[0], into="choice", scopes=SCOPES_OF_LINE)
    alone = (pl.col("choice") == CHOICES[1]) | ((pl.col("choice") == CHOICES[0]) & (pl.col("keeps") == pl.col("fair")))
    known = chosen.select(target="obligation_id", alone=alone)
    joined = told.join(known, on="target", how="left")
    belongs = pl.col("alone").fill_null(True) | pl.col("kind").is_in(LOWERING)
    return joined.with_columns(shares=~belongs & pl.col("target").is_not_null()).drop("alone")
