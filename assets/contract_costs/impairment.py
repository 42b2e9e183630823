"""How much of a contract's cost assets can still be recovered, as it is estimated.

An asset above what the contract is still expected to bring, less the costs of bringing it, is lost down to that on the day
of the estimate `recoverable_cost` about the contract, and what is left is amortised over what remains (ASC 340-40-35-3 and
35-4, IFRS 15.101 and 102). When an estimate is higher again, IFRS takes back the loss, up to what would have stood without
one (IFRS 15.104); US GAAP never does (340-40-35-6). The policy `contract_cost_reversal` decides where a company must differ
from its book. The costs of one contract bear a loss in proportion to what stands of them.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_CONTRACT, with_choice
from assets.facts.agreed import Agreed
from assets.money.conversion import to_minor
from assets.money.rounding import share

ESTIMATE = "recoverable_cost"
POLICY = "contract_cost_reversal"
REVERSES = {"ifrs": "on", "us_gaap": "off"}
PARTS = 10**18
"""What is whole, where a part of an asset can be recovered."""


def with_recoverable(months: pl.DataFrame, agreed: Agreed, policies: pl.DataFrame, book: str) -> pl.DataFrame:
    """Months of costs with `kept` and `kept_before`: which part of the asset without a loss stands at the end of the
    period, and which stood before it, in PARTS.

    `months` have cost_id, lead_id, currency, day (of the cost), period_end, open (what stands without a loss, minor units)
    and what scopes of policies name.
    """
    told = agreed.estimates.filter((pl.col("kind") == ESTIMATE) & (pl.col("operation") == "assert"))
    if told.is_empty():
        return months.with_columns(kept=pl.lit(PARTS), kept_before=pl.lit(PARTS))
    recoverable = to_minor(told.drop_nulls(["value", "currency"]), "value").select(
        "currency", lead_id="scope", told_on="day", recoverable=pl.col("value").clip(0)
    )
    costs = months.group_by("cost_id", "lead_id", "currency").agg(pl.col("day").first())
    about = costs.join(recoverable, on=["lead_id", "currency"]).filter(pl.col("told_on") >= pl.col("day"))
    carrying = about.sort("told_on").join_asof(
        months.select("cost_id", "period_end", "open").sort("period_end"),
        left_on="told_on",
        right_on="period_end",
        by="cost_id",
        strategy="forward",
        coalesce=False,
        check_sortedness=False,
    )
    carried = pl.col("open").sum().over("lead_id", "currency", "told_on")
    part = pl.when(carried > pl.col("recoverable")).then(share(pl.col("recoverable"), pl.lit(PARTS), carried.clip(1)))
    tested = (
        carrying.drop_nulls("open")
        .with_columns(part=part.otherwise(PARTS))
        .sort("cost_id", "told_on")
        .unique(["cost_id", "period_end"], keep="last", maintain_order=True)
        .select("cost_id", "period_end", "part")
    )
    chosen = with_choice(
        months, policies, POLICY, ("on", "off"), REVERSES.get(book, "off"), into="reverses", scopes=SCOPES_OF_CONTRACT
    )
    joined = chosen.join(tested, on=["cost_id", "period_end"], how="left").sort("cost_id", "period_end")
    lowest, latest = pl.col("part").cum_min(), pl.col("part")
    in_force = pl.when(pl.col("reverses") == "on").then(latest).otherwise(lowest)
    kept = joined.with_columns(kept=in_force.forward_fill().over("cost_id").fill_null(PARTS))
    return kept.with_columns(kept_before=pl.col("kept").shift(1).over("cost_id").fill_null(PARTS)).drop("part", "reverses")


def standing(amount: str, kept: str) -> pl.Expr:
    """The part `kept` of the amounts of a contract's costs, which together are that part of their sum to the cent."""
    one = ["lead_id", "currency", "period_end", kept]
    until = pl.col(amount).cum_sum().over(one, order_by="cost_id")
    return share(until, pl.col(kept), pl.lit(PARTS)) - share(until - pl.col(amount), pl.col(kept), pl.lit(PARTS))
