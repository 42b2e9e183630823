"""What the kinds of Shopify records have in common.

The same object comes in three places: bare, as an export writes it; under its name, as the REST API answers
(`{"order": {...}}`); and as the body of a webhook, in the delivery envelope of the receiver. A kind stands for one object
in one place, so every object has three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

BODY = "body"
BARE = ""

# Read beside the body: what the receiver knows of the shop. Payloads of products and of inventory items name no currency.
_DELIVERY: Shape = {"delivery": {"currency": Leaf.CURRENCY}}


@dataclass(frozen=True, eq=False)
class Resource:
    """An object of Shopify's API: its shape, what facts it yields, and what its ids are prefixed with in silver.

    Ids of orders, customers, products, transactions and draft orders stand bare, as other systems name them; objects that
    share a silver table with one of these are prefixed by what they are, since Shopify counts each resource by itself.
    """

    name: str
    shape: Shape
    facts: Callable[[Reading], list[Fact]]
    prefix: str = ""
    wrapper: str = ""

    def kinds(self) -> dict[str, Kind]:
        """The kind for each place, by `<name>@<place>`."""
        places = (BARE, BODY, self.wrapper or self.name)
        return {
            f"{self.name}@{place}": Kind(self.name, self.shape, self.facts, place, _DELIVERY if place == BODY else None)
            for place in places
        }


def shop_currency(reading: Reading) -> pl.Expr:
    """The currency of the shop, where the receiver or the exporter states it beside an amount that has none."""
    stated = [name for name in ("currency", "delivery.currency") if name in reading.root.columns]
    return pl.coalesce(stated) if stated else pl.lit(None, pl.String)


def operation() -> pl.Expr:
    """A deleted object is retracted; its webhook (`products/delete` and the like) holds nothing but its id."""
    deleted = pl.col("event_type").str.ends_with("/delete")
    return pl.when(deleted).then(pl.lit("retract")).otherwise(pl.lit("assert"))


def life_order() -> pl.Expr:
    """Place of an event in the life of an object, where several fall on one second."""
    stage = pl.col("event_type").str.split("/").list.last()
    return stage.replace_strict({"create": 0, "delete": 2}, default=1, return_dtype=pl.Int64)


def as_parents(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a frame, whole, with `_up`: what the elements of their lists name them by."""
    return frame.drop("_up", strict=False).with_row_index("_up")
