"""An amount shared in proportion to weights, exactly: the allocation objective at relative standalone selling prices.

ASC 606-10-32-31, IFRS 15.76. Each part is rounded down to the minor unit; the minor units that are left go to the parts
that lost most by it (largest remainder), among equals to the last. So the parts sum to the whole, no part is off by a
minor unit or more, and neither names nor order matter unless weights are equal.
"""

from __future__ import annotations

import polars as pl


def shared(rows: pl.DataFrame, over: list[str], amount: str, weight: str, order: str, into: str) -> pl.DataFrame:
    """Rows with `into`, each row's part of `amount` (the same in all rows of a group `over`), by `weight` (0 or more).

    Minor units. Where all weights of a group are nothing, its rows weigh the same. `order` tells which of equals is last.
    """
    given = pl.when(pl.col(weight).sum().over(over) > 0).then(pl.col(weight)).otherwise(1).cast(pl.Int128)
    size, sign = pl.col(amount).abs().cast(pl.Int128), pl.col(amount).sign()
    weighed = rows.with_columns(_weight=given).with_columns(_whole=pl.col("_weight").sum().over(over))
    product = size * pl.col("_weight")
    cut = weighed.with_columns(_down=product // pl.col("_whole"), _lost=product % pl.col("_whole"))
    left = (size - pl.col("_down").sum().over(over)).cast(pl.Int64)
    ranked = cut.with_columns(_left=left, _turn=_turn(over, order))
    part = pl.col("_down").cast(pl.Int64) + (pl.col("_turn") <= pl.col("_left")).cast(pl.Int64)
    return ranked.with_columns((part * sign).alias(into)).drop("_weight", "_whole", "_down", "_lost", "_left", "_turn")


def _turn(over: list[str], order: str) -> pl.Expr:
    """Who is next to get a minor unit: 1 for the largest remainder, the last among equals."""
    by_size = pl.struct("_lost", order).rank("ordinal", descending=True)
    return by_size.over(over).cast(pl.Int64)
