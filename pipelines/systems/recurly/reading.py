"""What the resources of Recurly have in common."""

from __future__ import annotations

import polars as pl

from pipelines.systems.reading import Reading


def with_state(reading: Reading) -> pl.DataFrame:
    """The resources with object_id and effective_at."""
    return reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")


def price_id(reading: Reading, plan: str, currency: str = "currency") -> pl.Expr:
    """Object id of the price of a plan, which has one in each currency."""
    return pl.concat_str(reading.object_id(plan), pl.lit(":"), currency)


def line_id(contract: pl.Expr, part: str) -> pl.Expr:
    """Object id of a line of a subscription: its plan, or one of its add-ons."""
    return pl.concat_str(contract, pl.lit(":"), part)
