"""What the kinds of Paddle entities have in common."""

from __future__ import annotations

import polars as pl

from lakehouse.types import POLARS_TYPES
from lakehouse.types import Kind as Type
from pipelines.systems.minor_units import iso_units, major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape

MONEY = POLARS_TYPES[Type.MONEY]
INTERVALS = ("day", "week", "month", "year")

CYCLE: Shape = {"interval": Leaf.TEXT, "frequency": Leaf.COUNT}
PERIOD: Shape = {"starts_at": Leaf.MOMENT, "ends_at": Leaf.MOMENT}


def money(minor: pl.Expr | str, currency: str = "currency_code") -> pl.Expr:
    """An amount in minor units of the currency in that column, in major units."""
    expression = pl.col(minor) if isinstance(minor, str) else minor
    return major(expression, iso_units(pl.col(currency)))


def with_state(reading: Reading, order: dict[str, int], status: str = "status") -> pl.DataFrame:
    """The entities with object_id, effective_at and source_sequence: their state from the event that shows it."""
    return reading.root.with_columns(
        object_id=reading.object_id("id"),
        effective_at="event_at",
        source_sequence=pl.col(status).replace_strict(order, default=0, return_dtype=pl.Int64),
    )
