"""Standalone selling prices: what each obligation would cost by itself, when the contract began or was modified.

In this order: the price list with purpose `ssp` that is valid on the day (a price within its range stands for itself, one
outside is taken to the middle or to the nearer end of the range, policy `ssp_range`); what was agreed for the line, or for
the latest line of the same product; for an option, the discount it gives beyond what any customer gets, times what is
expected to be bought, times how likely it is (ASC 606-10-55-44, IFRS 15.B42); else its price. With policy `ssp_method`
residual it is what the others leave of the price (32-34(c), 79(c)): `assets.allocation.weights`.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_LINE, with_choice
from assets.facts.agreed import Agreed
from assets.money.products import ONE, as_integer, times
from assets.money.rounding import divide_half_even, share

RANGE_POLICY = "ssp_range"
RANGES = ("midpoint", "nearest_bound")
_OPTION = ("purchase_amount", "option_discount", "general_discount", "redemption_probability")


def with_standalone_price(panel: pl.DataFrame, agreed: Agreed, policies: pl.DataFrame) -> pl.DataFrame:
    """The panel of obligations by segment with `standalone` (minor units of the whole line) and `at_standalone`.

    `at_standalone`: whether the line's price is its standalone selling price, or within the range of it.
    """
    ranged = with_choice(panel, policies, RANGE_POLICY, RANGES, RANGES[0], into="_range", scopes=SCOPES_OF_LINE)
    listed = _listed(ranged, agreed.prices)
    same = ["pool", "segment", "product_id", "currency"]
    latest = pl.col("ssp").sort_by("day", "line_id").drop_nulls().last().over(same)
    of_product = pl.when(pl.col("product_id").is_not_null()).then(latest)
    with_option = _of_options(listed, agreed.estimates)
    unit = pl.coalesce("_listed", of_product, "ssp", "_of_option", "unit_price", pl.lit(0, pl.Int128))
    known = pl.any_horizontal(pl.col("_listed", "ssp").is_not_null())
    per_period = times(unit, pl.col("quantity"))
    whole = share(per_period, pl.col("periods_part"), pl.col("periods_per"))
    return with_option.with_columns(standalone=whole, at_standalone=(known & (pl.col("price") == whole))).drop(
        "_listed", "_of_option", "_range"
    )


def _listed(panel: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """`_listed`: the list's standalone price of one unit on the segment's day, the narrower range decided."""
    ssp = prices.filter((pl.col("purpose") == "ssp") & pl.col("bundle_of").is_null()).drop_nulls("product_id")
    valid = ssp.select(
        *("product_id", "currency", "valid_from", "valid_to"),
        amount=as_integer(pl.col("unit_amount")),
        low=as_integer(pl.col("low")),
        high=as_integer(pl.col("high")),
    )
    numbered = panel.with_row_index("_row")
    joined = numbered.join(valid, on=["product_id", "currency"]).filter(
        (pl.col("valid_from").is_null() | (pl.col("valid_from").dt.date() <= pl.col("opens_on")))
        & (pl.col("valid_to").is_null() | (pl.col("valid_to").dt.date() > pl.col("opens_on")))
    )
    own = pl.col("unit_price")
    inside = (own >= pl.col("low")) & (own <= pl.col("high"))
    middle = pl.coalesce("amount", (pl.col("low") + pl.col("high")) // 2)
    nearer = pl.when(own < pl.col("low")).then("low").otherwise("high")
    outside = pl.when(pl.col("_range") == RANGES[1]).then(nearer).otherwise(middle)
    ranged = pl.col("low").is_not_null() & pl.col("high").is_not_null()
    one = joined.select(
        "_row", "valid_from", _listed=pl.when(ranged & inside).then(own).when(ranged).then(outside).otherwise("amount")
    )
    last = one.sort("_row", "valid_from", nulls_last=False).unique(subset="_row", keep="last")
    return numbered.join(last.select("_row", "_listed"), on="_row", how="left", maintain_order="left").drop("_row")


def _of_options(panel: pl.DataFrame, estimates: pl.DataFrame) -> pl.DataFrame:
    """`_of_option`: expected purchase times the discount beyond the general one times the probability."""
    told = estimates.filter(pl.col("kind").is_in(_OPTION)).sort("day", maintain_order=True)
    first = told.group_by("scope", "kind", maintain_order=True).agg(value=as_integer(pl.col("value")).first())
    wide = pl.DataFrame({"scope": first.get_column("scope").unique().sort()}, schema={"scope": pl.String})
    for kind in _OPTION:
        wide = wide.join(first.filter(kind=kind).select("scope", pl.col("value").alias(kind)), on="scope", how="left")
    beyond = pl.col("option_discount") - pl.col("general_discount").fill_null(0)
    likely = pl.col("redemption_probability").fill_null(ONE)
    worth = divide_half_even(
        divide_half_even(pl.col("purchase_amount") * beyond, pl.lit(ONE, pl.Int128)) * likely, pl.lit(ONE, pl.Int128)
    )
    return panel.join(wide.select(line_id="scope", _of_option=worth), on="line_id", how="left", maintain_order="left")
