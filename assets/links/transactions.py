"""gold.transaction_links: a copy points at the one that counts, a consequence at what it follows from."""

from __future__ import annotations

import polars as pl

from assets.links.systems import LAST, default_rank
from lakehouse.tables import gold

_SUREST = {"certain": 0, "strong": 1, "probable": 2}


def transaction_links(
    copies: pl.DataFrame, consequences: pl.DataFrame, things: pl.DataFrame, sales: pl.DataFrame
) -> pl.DataFrame:
    """Links in the shape of LINK as the gold table; of one pair the surest rule is told. `sales`: gold.sale_copies."""
    counts = sales.select("object_id", "counts", kind="object_kind")
    placed = things.select("object_id", "kind", "system", "row_key", rank=default_rank("document")).join(
        counts, on=["object_id", "kind"], how="left"
    )
    ends = placed.with_columns(place=pl.when("counts").then(0).otherwise(LAST) + pl.col("rank")).drop("counts", "rank")
    every = pl.concat(
        [
            copies.with_columns(link_kind=pl.lit("copy_of")),
            consequences.with_columns(link_kind=pl.lit("derives_from")),
        ]
    )
    for side in ("a", "b"):
        named = ends.rename({name: f"{side}_{name}" for name in ("kind", "system", "row_key", "place")})
        every = every.join(named.rename({"object_id": side}), on=[side, f"{side}_kind"])
    better = (pl.col("a_place") < pl.col("b_place")) | (
        (pl.col("a_place") == pl.col("b_place")) & (pl.col("a") < pl.col("b"))
    )
    # A credit note is a copy of a refund, never the other way round.
    swap = (pl.col("link_kind") == "copy_of") & (pl.col("a_kind") == pl.col("b_kind")) & better
    rows = every.select(
        *("link_kind", "rule", "confidence", "evidence"), **_end("from", swap, "a", "b"), **_end("to", swap, "b", "a")
    )
    key = list(gold.TRANSACTION_LINKS.key)
    surest = pl.col("confidence").replace_strict(_SUREST, return_dtype=pl.Int8)
    once = rows.sort(*key, surest, "rule", "evidence").unique(key, keep="first", maintain_order=True)
    return gold.TRANSACTION_LINKS.conform(once)


def _end(name: str, swap: pl.Expr, side: str, other: str) -> dict[str, pl.Expr]:
    """Columns of one end of the links: of `side`, or of the `other` where the two change places."""
    columns = {"object_id": "", "kind": "_kind", "system": "_system", "row_key": "_row_key"}
    return {
        f"{name}_{column}": pl.when(swap).then(f"{other}{suffix}").otherwise(f"{side}{suffix}")
        for column, suffix in columns.items()
    }
