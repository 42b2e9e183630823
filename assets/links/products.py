"""Products that several systems sell: one stock-keeping unit (SKU), or an id that one system gives of another's product."""

from __future__ import annotations

import polars as pl

from assets.links.customers import canonical
from assets.links.evidence import as_json
from assets.links.references import LINK
from lakehouse.tables import gold

RULE = "sku"


def same_products(references: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Links between products that bear one SKU, and those that references state."""
    named = references.filter((pl.col("object_kind") == "product") & (pl.col("reference_kind") == RULE))
    skus = named.select("object_id", mark=pl.col("reference").str.strip_chars().str.to_uppercase()).unique()
    tied = skus.with_columns(b=pl.col("object_id").min().over("mark")).filter(pl.col("b") != pl.col("object_id"))
    by_sku = tied.select(
        a="object_id",
        a_kind=pl.lit("product"),
        b="b",
        b_kind=pl.lit("product"),
        rule=pl.lit(RULE),
        confidence=pl.lit("strong"),
        evidence=as_json(shared=pl.col("mark")),
    )
    return pl.concat([copies.filter(a_kind="product").select(LINK), by_sku])


def canonical_products(links: pl.DataFrame, things: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """gold.product_links: for every product in a group the one that stands for all."""
    rows = canonical("product", links, things, policies)
    return gold.PRODUCT_LINKS.conform(rows.rename({"object_id": "product_id", "canonical": "canonical_product_id"}))
