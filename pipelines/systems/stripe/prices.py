"""Prices, and plans, their older form: what a product costs."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import PRICES
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major_rate
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import life_order, object_kind, operation, references

INTERVALS = ("day", "week", "month", "year")

_COMMON: Shape = {
    "product": Leaf.ID,
    "currency": Leaf.CURRENCY,
    "active": Leaf.FLAG,
    "billing_scheme": Leaf.TEXT,
    "tiers_mode": Leaf.TEXT,
    "created": Leaf.TIME,
    "metadata": Leaf.JSON,
    "tiers": [{"unit_amount": Leaf.DECIMAL, "unit_amount_decimal": Leaf.DECIMAL, "amount": Leaf.DECIMAL}],
}


def pricing_model(usage_type: str) -> pl.Expr:
    """Metered, the mode of the tiers (graduated, volume), or per unit."""
    return (
        pl.when(pl.col(usage_type) == "metered")
        .then(pl.lit("metered"))
        .when(pl.col("billing_scheme") == "tiered")
        .then(pl.coalesce("tiers_mode", pl.lit("tiered")))
        .otherwise(pl.lit("per_unit"))
    )


def _facts(reading: Reading, amounts: tuple[str, str], recurring: str, low: pl.Expr, high: pl.Expr) -> list[Fact]:
    """`amounts` are the names of the exact and the whole amount; `recurring` is the prefix of the interval's fields."""
    reading.require("", "id", "currency")
    reading.allow("", f"{recurring}interval", INTERVALS)
    unit = units(pl.col("currency"))
    rows = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at").join(
        _tiers(reading), on="_row", how="left", maintain_order="left"
    )
    return [
        Fact(
            PRICES,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                "currency",
                "active",
                part=pl.lit("prices"),
                source_sequence=life_order(),
                operation=operation(),
                product_id=reading.object_id("product"),
                purpose=pl.lit("list"),
                pricing_model=pricing_model(f"{recurring}usage_type"),
                unit_amount=major_rate(pl.coalesce(amounts), unit),
                billing_interval=f"{recurring}interval",
                billing_interval_count=f"{recurring}interval_count",
                low=major_rate(pl.coalesce(low, "lowest"), unit),
                high=major_rate(pl.coalesce(high, "highest"), unit),
                valid_from="created",
            ),
        ),
        *references(rows, "price"),
    ]


def _tiers(reading: Reading) -> pl.DataFrame:
    """The range of the tiers' unit prices, where the tiers were expanded; a plan's tier has `amount` for its unit price.

    How much is needed for which tier, and flat amounts, are not told.
    """
    amount = pl.coalesce("unit_amount_decimal", "unit_amount", "amount")
    return reading.frames["tiers"].group_by("_row").agg(lowest=amount.min(), highest=amount.max())


def prices(reading: Reading) -> list[Fact]:
    """price.created, .updated, .deleted; a deleted price is retracted. A price that the buyer names has a range."""
    low, high = pl.col("custom_unit_amount.minimum"), pl.col("custom_unit_amount.maximum")
    return _facts(reading, ("unit_amount_decimal", "unit_amount"), "recurring.", low, high)


def plans(reading: Reading) -> list[Fact]:
    """plan.created, .updated, .deleted: the same object as the price of that id, so the same fact."""
    none = pl.lit(None, pl.Int64)
    return _facts(reading, ("amount_decimal", "amount"), "", none, none)


PRICE = object_kind(
    "price",
    {
        **_COMMON,
        "unit_amount": Leaf.DECIMAL,
        "unit_amount_decimal": Leaf.DECIMAL,
        "recurring": {"interval": Leaf.TEXT, "interval_count": Leaf.COUNT, "usage_type": Leaf.TEXT},
        "custom_unit_amount": {"minimum": Leaf.MINOR, "maximum": Leaf.MINOR},
    },
    prices,
)

PLAN = object_kind(
    "plan",
    {
        **_COMMON,
        "amount": Leaf.DECIMAL,
        "amount_decimal": Leaf.DECIMAL,
        "interval": Leaf.TEXT,
        "interval_count": Leaf.COUNT,
        "usage_type": Leaf.TEXT,
    },
    plans,
)
