"""What the kinds of Stripe objects have in common."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

OBJECT = "data.object"

# Stripe's clock counts whole seconds. Where one object has several events within a second, this order of its life
# decides which state is the last; it becomes `source_sequence`.
LIFE = {"created": 0, "updated": 1, "deleted": 2}


def object_kind(
    object_type: str, shape: Shape, facts: Callable[[Reading], list[Fact]], previous: Shape | None = None
) -> Kind:
    """The kind of event that carries an object of a type; `previous` is read of `data.previous_attributes`."""
    beside: Shape | None = {"previous_attributes": previous} if previous else None
    return Kind(object_type, {"id": Leaf.ID, "object": Leaf.TEXT, **shape}, facts, OBJECT, beside)


def life_order() -> pl.Expr:
    """Place of an event in the life of an object that is created, updated and deleted."""
    stage = pl.col("event_type").str.split(".").list.last()
    return stage.replace_strict(LIFE, default=1, return_dtype=pl.Int64)


def operation() -> pl.Expr:
    """A deleted object is retracted."""
    deleted = pl.col("event_type").str.ends_with(".deleted")
    return pl.when(deleted).then(pl.lit("retract")).otherwise(pl.lit("assert"))
