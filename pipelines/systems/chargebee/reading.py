"""What the objects of Chargebee have in common."""

from __future__ import annotations

import polars as pl

from pipelines.systems.minor_units import iso_units, major
from pipelines.systems.reading import Reading

PERIOD_UNITS = ("day", "week", "month", "year")


def with_state(reading: Reading) -> pl.DataFrame:
    """The objects with object_id, effective_at and source_sequence; one that was deleted is retracted."""
    return reading.root.with_columns(
        object_id=reading.object_id("id"),
        effective_at="event_at",
        source_sequence="resource_version",
        operation=pl.when(pl.col("deleted")).then(pl.lit("retract")).otherwise(pl.lit("assert")),
    )


def money(minor: pl.Expr | str, currency: str = "currency_code") -> pl.Expr:
    """An amount in minor units of the currency in that column, in major units."""
    expression = pl.col(minor) if isinstance(minor, str) else minor
    return major(expression, iso_units(pl.col(currency)))
