"""What the kinds of QuickBooks objects have in common: where an object stands, its version, its currency.

Ids are unique within a type of object only, so that an object's id has its type in it: `quickbooks:Invoice/130`.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.wrapped import listed_kind

DELETED = "Deleted"
_COMMON: Shape = {
    "Id": Leaf.ID,
    "SyncToken": Leaf.COUNT,
    "status": Leaf.TEXT,
    "CurrencyRef": {"value": Leaf.CURRENCY},
}
# Where a company keeps one currency its objects may leave it out: then the delivery may say it.
_DELIVERY: Shape = {"delivery": {"currency": Leaf.CURRENCY}}


def places(entity: str) -> dict[str, str]:
    """Where an object of a type may stand."""
    return {
        "object": entity,
        "delivered": "body",
        "query": f"QueryResponse.{entity}",
        "changes": f"CDCResponse[].QueryResponse[].{entity}",
    }


def kinds(entity: str, shape: Shape, facts: Callable[[Reading], list[Fact]]) -> dict[str, Kind]:
    """How objects of a type are read, by the place they stand at. `facts` gets them with `_id`, `_gone`, `currency`."""

    def read(reading: Reading) -> list[Fact]:
        return facts(_opened(reading, entity))

    whole: Shape = {**_COMMON, **shape}
    path = places(entity)
    return {
        f"{entity}|object": Kind(entity, whole, read, path["object"]),
        f"{entity}|delivered": Kind(entity, whole, read, path["delivered"], beside=_DELIVERY),
        f"{entity}|query": listed_kind(entity, whole, read, path["query"]),
        f"{entity}|changes": listed_kind(entity, whole, read, path["changes"]),
    }


def _opened(reading: Reading, entity: str) -> Reading:
    reading.require("", "Id")
    delivered = "delivery.currency" in reading.root.columns
    named = ["CurrencyRef.value", *(["delivery.currency"] if delivered else [])]
    root = reading.root.with_columns(
        currency=pl.coalesce(named),
        _id=id_of(entity, "Id"),
        _gone=pl.col("status").eq_missing(pl.lit(DELETED)),
        _sequence="SyncToken",
    )
    return reading.with_frame("", root)


def id_of(entity: str, name: str) -> pl.Expr:
    """Id of an object with its type."""
    return pl.concat_str(pl.lit(f"{entity}/"), name)


def ref(reading: Reading, entity: str, name: str) -> pl.Expr:
    """The object of a type that a reference names, as silver has it."""
    return reading.object_id(id_of(entity, name))
