"""Products and prices."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import PRICES, PRODUCTS
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import iso_units, major_rate
from pipelines.systems.paddle.reading import CYCLE, INTERVALS
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import metadata_references
from pipelines.systems.shape import Leaf


def products(reading: Reading) -> list[Fact]:
    """A product; its tax category is the category. https://developer.paddle.com/api-reference/products"""
    rows = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    return [
        Fact(
            PRODUCTS,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                "name",
                part=pl.lit("products"),
                category="tax_category",
                active=pl.col("status") == "active",
            ),
        ),
        *metadata_references(rows, "product", "custom_data"),
    ]


PRODUCT = Kind(
    "product",
    {"id": Leaf.ID, "name": Leaf.TEXT, "tax_category": Leaf.TEXT, "status": Leaf.TEXT, "custom_data": Leaf.JSON},
    products,
    "data",
)


def prices(reading: Reading) -> list[Fact]:
    """The base price of a product; prices for single countries (`unit_price_overrides`) are not told apart.

    https://developer.paddle.com/api-reference/prices
    """
    reading.require("", "unit_price.amount", "unit_price.currency_code")
    reading.allow("", "billing_cycle.interval", INTERVALS)
    rows = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    amount = major_rate(pl.col("unit_price.amount"), iso_units(pl.col("unit_price.currency_code")))
    return [
        Fact(
            PRICES,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                part=pl.lit("prices"),
                product_id=reading.object_id("product_id"),
                currency="unit_price.currency_code",
                purpose=pl.lit("list"),
                pricing_model=pl.lit("per_unit"),
                unit_amount=amount,
                billing_interval="billing_cycle.interval",
                billing_interval_count="billing_cycle.frequency",
                valid_from="created_at",
                active=pl.col("status") == "active",
            ),
        ),
        *metadata_references(rows, "price", "custom_data"),
    ]


PRICE = Kind(
    "price",
    {
        "id": Leaf.ID,
        "product_id": Leaf.ID,
        "status": Leaf.TEXT,
        "unit_price": {"amount": Leaf.DECIMAL, "currency_code": Leaf.CURRENCY},
        "billing_cycle": CYCLE,
        "created_at": Leaf.MOMENT,
        "custom_data": Leaf.JSON,
    },
    prices,
    "data",
)
