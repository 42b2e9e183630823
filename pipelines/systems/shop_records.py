"""Where the objects of a shop stand: bare, under their name, or as the body of a webhook.

The receiver of webhooks writes one JSON line a delivery:
`{"delivery": {"topic", "id", "at", "account"}, "body": {...}}`. A kind stands for one object in one place, so every object
has one for each.
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

# Read beside the body: what the receiver knows of the shop. Payloads of products name no currency.
_DELIVERY: Shape = {"delivery": {"currency": Leaf.CURRENCY}}


@dataclass(frozen=True, eq=False)
class Resource:
    """An object of a shop's API: its shape, what facts it yields, and what its ids are prefixed with in silver.

    Objects that share a silver table with another kind are prefixed by what they are, where a shop counts each by itself.
    `wrapper` is the key under which it is answered, where that is not its name; `None` where it never is.
    """

    name: str
    shape: Shape
    facts: Callable[[Reading], list[Fact]]
    prefix: str = ""
    wrapper: str | None = None

    def kinds(self, *, wrapped: bool) -> dict[str, Kind]:
        """The kind for each place, by `<name>@<place>`."""
        places = (BARE, BODY, self.wrapper or self.name) if wrapped else (BARE, BODY)
        return {
            f"{self.name}@{place}": Kind(self.name, self.shape, self.facts, place, _DELIVERY if place == BODY else None)
            for place in places
        }


def shop_currency(reading: Reading) -> pl.Expr:
    """The currency of the shop, where the receiver or the exporter states it beside an amount that has none."""
    stated = [name for name in ("currency", "delivery.currency") if name in reading.root.columns]
    return pl.coalesce(stated) if stated else pl.lit(None, pl.String)


@dataclass(frozen=True)
class Life:
    """How topics say what became of an object: by the words behind their last separator, as in `orders/create`."""

    separator: str
    created: str
    deleted: str

    def _change(self) -> pl.Expr:
        return pl.col("event_type").str.split(self.separator).list.last()

    def operation(self) -> pl.Expr:
        """A deleted object is retracted; its webhook holds nothing but its id."""
        return pl.when(self._change() == self.deleted).then(pl.lit("retract")).otherwise(pl.lit("assert"))

    def order(self) -> pl.Expr:
        """Place of an event in the life of an object, where several fall on one second."""
        return self._change().replace_strict({self.created: 0, self.deleted: 2}, default=1, return_dtype=pl.Int64)
