"""What the kinds of Stripe objects have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import metadata_references, reference
from pipelines.systems.shape import Leaf, Shape

OBJECT = "data.object"

# Stripe's clock counts whole seconds. Where one object has several events within a second, this order of its life
# decides which state is the last; it becomes `source_sequence`.
LIFE = {"created": 0, "updated": 1, "deleted": 2}


def object_kind(
    object_type: str,
    shape: Shape,
    facts: Callable[[Reading], list[Fact]],
    previous: Shape | None = None,
    *,
    by_record: bool = False,
) -> Kind:
    """The kind of event that carries an object of a type; `previous` is read of `data.previous_attributes`.

    `by_record`: its events were unmapped once, and their hashes stand in lakehouses.
    """
    beside: Shape | None = {"previous_attributes": previous} if previous else None
    whole: Shape = {"id": Leaf.ID, "object": Leaf.TEXT, **shape}
    return Kind(object_type, whole, facts, OBJECT, beside, by_record)


def learnt(*facts: Fact) -> list[Fact]:
    """Facts of events that were read before these were: their hashes stay what they were."""
    return [replace(fact, hashed=False) for fact in facts]


def references(rows: pl.DataFrame, kind: str, *told: tuple[str, str, str]) -> list[Fact]:
    """What an object is called elsewhere: `told` has relation, kind of reference and the leaf; and its metadata.

    `rows` has `_row`, object_id, effective_at, `metadata` and the leaves.
    """
    own = [reference(rows, kind, relation, what, leaf) for relation, what, leaf in told]
    return learnt(*own, *metadata_references(rows, kind))


def life_order() -> pl.Expr:
    """Place of an event in the life of an object that is created, updated and deleted."""
    stage = pl.col("event_type").str.split(".").list.last()
    return stage.replace_strict(LIFE, default=1, return_dtype=pl.Int64)


def operation() -> pl.Expr:
    """A deleted object is retracted."""
    deleted = pl.col("event_type").str.ends_with(".deleted")
    return pl.when(deleted).then(pl.lit("retract")).otherwise(pl.lit("assert"))
