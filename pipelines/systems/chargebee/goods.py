"""Items and their prices, and plans, which were both before the catalogue of 2020 (Product Catalog 1.0)."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import PRICES, PRODUCTS
from pipelines.systems.chargebee.reading import PERIOD_UNITS, with_state
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import iso_units, major_rate
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import metadata_references
from pipelines.systems.shape import Leaf, Shape

_STATE: Shape = {"status": Leaf.TEXT, "deleted": Leaf.FLAG, "resource_version": Leaf.COUNT, "meta_data": Leaf.JSON}
_PRICE: Shape = {
    "currency_code": Leaf.CURRENCY,
    "price": Leaf.DECIMAL,
    "price_in_decimal": Leaf.DECIMAL,
    "pricing_model": Leaf.TEXT,
    "period": Leaf.COUNT,
    "period_unit": Leaf.TEXT,
    "created_at": Leaf.TIME,
}
_COMMON = ("_row", "object_id", "effective_at", "source_sequence", "operation")


def items(reading: Reading) -> list[Fact]:
    """A plan, add-on or charge of the catalogue. https://apidocs.chargebee.com/docs/api/items"""
    reading.require("", "id")
    rows = with_state(reading)
    return [_products(rows, pl.col("type")), *metadata_references(rows, "product", "meta_data")]


def item_prices(reading: Reading) -> list[Fact]:
    """What an item costs in a currency and a period. https://apidocs.chargebee.com/docs/api/item_prices"""
    reading.require("", "id", "currency_code")
    rows = with_state(reading)
    priced = _prices(reading, rows, reading.object_id("item_id"))
    return [priced, *metadata_references(rows, "price", "meta_data")]


def plans(reading: Reading) -> list[Fact]:
    """A plan is a product with one price. https://apidocs.chargebee.com/docs/api/plans"""
    reading.require("", "id", "currency_code")
    rows = with_state(reading)
    return [
        _products(rows, pl.lit("plan")),
        _prices(reading, rows, pl.col("object_id")),
        *metadata_references(rows, "product", "meta_data"),
    ]


def _products(rows: pl.DataFrame, category: pl.Expr) -> Fact:
    return Fact(
        PRODUCTS,
        rows.select(
            *_COMMON,
            "name",
            part=pl.format("products/{}", "object_id"),
            category=category,
            unit="unit",
            active=pl.col("status") == "active",
        ),
    )


def _prices(reading: Reading, rows: pl.DataFrame, product: pl.Expr) -> Fact:
    """Tiers are not told: a price by tiers has no single amount. A one-time charge has no period."""
    reading.allow("", "period_unit", (*PERIOD_UNITS, "not_applicable"))
    unit = pl.when(pl.col("period_unit").is_in(PERIOD_UNITS)).then("period_unit")
    amount = pl.coalesce("price_in_decimal", major_rate(pl.col("price"), iso_units(pl.col("currency_code"))))
    return Fact(
        PRICES,
        rows.select(
            *_COMMON,
            part=pl.format("prices/{}", "object_id"),
            product_id=product,
            currency="currency_code",
            purpose=pl.lit("list"),
            pricing_model="pricing_model",
            unit_amount=amount,
            billing_interval=unit,
            billing_interval_count=pl.when(unit.is_not_null()).then(pl.coalesce("period", pl.lit(1))),
            valid_from="created_at",
            active=pl.col("status") == "active",
        ),
    )


ITEM = Kind("item", {"id": Leaf.ID, "name": Leaf.TEXT, "type": Leaf.TEXT, "unit": Leaf.TEXT, **_STATE}, items)
ITEM_PRICE = Kind("item_price", {"id": Leaf.ID, "item_id": Leaf.ID, **_PRICE, **_STATE}, item_prices)
PLAN = Kind("plan", {"id": Leaf.ID, "name": Leaf.TEXT, "unit": Leaf.TEXT, **_PRICE, **_STATE}, plans)
