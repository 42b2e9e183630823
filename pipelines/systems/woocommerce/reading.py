"""What the kinds of WooCommerce records have in common."""

from __future__ import annotations

from functools import partial

import polars as pl

from pipelines.systems import shop_references
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_records import Life

refers = partial(shop_references.refers, system="woocommerce")
"""A reference that WooCommerce itself gave, unless another system is stated."""

META: tuple[Shape] = ({"key": Leaf.JSON, "value": Leaf.JSON},)
"""What plugins keep beside an object: anything under any key."""


LIFE = Life(".", "created", "deleted")


def known(id_in_source: str) -> pl.Expr:
    """An id; 0 stands for none."""
    return pl.when(pl.col(id_in_source) != "0").then(id_in_source)


def sold_as(reading: Reading) -> pl.Expr:
    """The variation that was sold, or the product where it has none."""
    return reading.object_id(pl.coalesce(known("variation_id"), known("product_id")))
