"""What an agent owes its principal where its commission depends on the volume: tiers of what the principal gets of a unit.

An agent's revenue is the fee or commission that it keeps (ASC 606-10-55-38, IFRS 15.B36). A commission that depends on how
much is sold is variable consideration: estimated, constrained and caught up (606-10-32-5 to 14, IFRS 15.50 to 59).

Prices of the product with purpose `principal` and `from_quantity` are the tiers. The policy `commission_tiers` says how:

* `volume` (default): the tier of the volume that is expected (estimate `volume`) or reached holds for every unit, and a
  change of it is caught up (as in Example 24);
* `graduated`: each tier holds for the units within it, and nothing is estimated.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_LINE, with_choice
from assets.money.products import as_integer, times

POLICY = "commission_tiers"
VOLUME, GRADUATED = "volume", "graduated"


def with_owed(rows: pl.DataFrame, prices: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Rows with `owed`: minor units owed for all units to date (`to_date`, 10^-12).

    `rows` are days of lines, with principal, owed_per_unit, reached (the volume expected or reached) and per_minor.
    """
    told = prices.filter(pl.col("purpose") == "principal").drop_nulls(["from_quantity", "unit_amount", "product_id"])
    tiers = (
        told.select(
            "product_id", "currency", begins=as_integer(pl.col("from_quantity")), rate=as_integer(pl.col("unit_amount"))
        )
        .sort("product_id", "currency", "begins")
        .with_columns(ends=pl.col("begins").shift(-1).over("product_id", "currency"))
    )
    chosen = with_choice(
        rows, policies, POLICY, (VOLUME, GRADUATED), VOLUME, into="tiered", scopes=SCOPES_OF_LINE
    ).with_row_index("_owed_row")
    agents = chosen.filter(~pl.col("principal").fill_null(True)).join(tiers, on=["product_id", "currency"])
    sums = pl.concat([_by_volume(agents), _by_tier(agents)])
    found = chosen.join(sums, on="_owed_row", how="left", maintain_order="left")
    flat = times(pl.col("owed_per_unit"), pl.col("to_date"))
    return found.with_columns(owed=pl.coalesce("tiered_owed", flat)).drop("_owed_row", "tiered", "tiered_owed")


def _by_volume(agents: pl.DataFrame) -> pl.DataFrame:
    reached = agents.filter((pl.col("tiered") == VOLUME) & (pl.col("begins") <= pl.col("reached"))).sort("begins")
    last = reached.group_by("_owed_row", maintain_order=True).agg(pl.col("rate", "to_date", "per_minor").last())
    return last.select("_owed_row", tiered_owed=times(pl.col("rate"), pl.col("to_date")))


def _by_tier(agents: pl.DataFrame) -> pl.DataFrame:
    within = pl.min_horizontal("to_date", pl.coalesce("ends", "to_date")) - pl.col("begins")
    parts = agents.filter(tiered=GRADUATED).with_columns(part=times(pl.col("rate"), within.clip(0)))
    return parts.group_by("_owed_row").agg(tiered_owed=pl.col("part").sum())
