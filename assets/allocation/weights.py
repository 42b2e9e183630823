"""What each obligation weighs when a contract's price is first shared: its standalone selling price, with two exceptions.

* **A discount of some obligations only** (ASC 606-10-32-37, IFRS 15.82): where products of the contract are regularly sold
  together at a bundle price (a price with `bundle_of`), and that bundle explains the whole discount of the contract, the
  discount is theirs: they weigh what the bundle costs, in proportion to their standalone prices.
* **The residual approach** (32-34(c), 79(c)): an obligation whose standalone price is uncertain (policy `ssp_method`
  residual) weighs what the others leave of the transaction price; a bundle's discount is allocated before it (32-38, 83).
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_LINE, with_choice
from assets.money.products import as_integer, in_minor, with_minor_unit
from assets.money.rounding import share

METHOD_POLICY = "ssp_method"
METHODS = ("observable", "residual")


def with_weights(rows: pl.DataFrame, prices: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Rows of the first allocation with `weight`, minor units.

    `rows`: pool, version, obligation_id, product_id, currency, standalone, and `to_share`, the price of the pool.
    """
    group = ["pool", "version"]
    chosen = with_choice(rows, policies, METHOD_POLICY, METHODS, METHODS[0], into="_method", scopes=SCOPES_OF_LINE)
    residual = pl.col("_method") == METHODS[1]
    others = pl.when(residual).then(0).otherwise("standalone")
    marked = _with_bundle(chosen.with_columns(_others=others), prices, group)
    bundled = marked.with_columns(weight=pl.coalesce("_in_bundle", "_others"))
    left = (pl.col("to_share") - pl.col("weight").sum().over(group)).clip(0)
    uncertain = residual.cast(pl.Int64).sum().over(group)
    weight = pl.when(residual & (uncertain == 1)).then(left).when(residual).then("standalone").otherwise("weight")
    return bundled.with_columns(weight=weight).drop("_method", "_others", "_in_bundle")


def _with_bundle(rows: pl.DataFrame, prices: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """`_in_bundle`: what an obligation weighs as part of a bundle that explains the contract's discount; else empty."""
    none = rows.with_columns(_in_bundle=pl.lit(None, pl.Int64))
    bundles = prices.filter(pl.col("purpose") == "ssp").drop_nulls(["bundle_of", "unit_amount"])
    if bundles.is_empty():
        return none
    told = with_minor_unit(bundles).select(
        "currency", bundle="object_id", bundle_price=in_minor(as_integer(pl.col("unit_amount"))), product_id="bundle_of"
    )
    parts = told.with_columns(pl.col("product_id").str.split(",")).explode("product_id")
    parts = parts.with_columns(pl.col("product_id").str.strip_chars()).with_columns(parts=pl.len().over("bundle"))
    whole = rows.group_by(group).agg(
        all_standalone=pl.col("_others").sum(),
        pool_price=pl.col("to_share").first(),
        any_residual=(pl.col("_method") == METHODS[1]).any(),
    )
    found = rows.join(parts, on=["product_id", "currency"])
    complete = found.filter(pl.col("product_id").n_unique().over(*group, "bundle") == pl.col("parts")).with_columns(
        of_bundle=pl.col("_others").sum().over(*group, "bundle")
    )
    explained = complete.join(whole, on=group).filter(
        pl.col("any_residual")
        | (pl.col("all_standalone") - pl.col("pool_price") == pl.col("of_bundle") - pl.col("bundle_price"))
    )
    one = explained.filter(pl.col("bundle") == pl.col("bundle").min().over(group))
    weight = share(pl.col("bundle_price"), pl.col("_others"), pl.col("of_bundle"))
    keys = [*group, "obligation_id"]
    return rows.join(one.select(*keys, _in_bundle=weight), on=keys, how="left", maintain_order="left")
