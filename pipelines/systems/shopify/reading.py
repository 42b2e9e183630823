"""What the kinds of Shopify records have in common."""

from __future__ import annotations

from functools import partial

import polars as pl

from pipelines.systems import shop_references
from pipelines.systems.shop_records import change

refers = partial(shop_references.refers, system="shopify")
"""A reference that Shopify itself gave, unless another system is stated."""


def operation() -> pl.Expr:
    """A deleted object is retracted; its webhook (`products/delete` and the like) holds nothing but its id."""
    return pl.when(change("/") == "delete").then(pl.lit("retract")).otherwise(pl.lit("assert"))


def life_order() -> pl.Expr:
    """Place of an event in the life of an object, where several fall on one second."""
    return change("/").replace_strict({"create": 0, "delete": 2}, default=1, return_dtype=pl.Int64)
