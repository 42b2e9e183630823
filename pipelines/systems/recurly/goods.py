"""Plans: a product with a price in each currency."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import PRICES, PRODUCTS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.recurly.reading import price_id, with_state
from pipelines.systems.shape import Leaf

UNITS = {"days": "day", "months": "month"}


def plans(reading: Reading) -> list[Fact]:
    """https://recurly.com/developers/api/v2021-02-25/index.html#tag/plan"""
    reading.allow("", "interval_unit", UNITS)
    reading.require("currencies", "currency")
    rows = with_state(reading).with_columns(active=pl.col("state") == "active")
    priced = rows.select(
        "_row", "object_id", "effective_at", "active", "interval_unit", "interval_length", "created_at", "id"
    )
    prices = reading.frames["currencies"].join(priced, on="_row", how="left", maintain_order="left")
    unit = pl.col("interval_unit").replace_strict(UNITS, default=None, return_dtype=pl.String)
    return [
        Fact(PRODUCTS, rows.select("_row", "object_id", "effective_at", "name", "active", part=pl.lit("products"))),
        Fact(
            PRICES,
            prices.select(
                "_row",
                "effective_at",
                "currency",
                "active",
                part=pl.format("prices/{}", "_n"),
                object_id=price_id(reading, "id"),
                product_id="object_id",
                purpose=pl.lit("list"),
                pricing_model=pl.lit("per_unit"),
                unit_amount="unit_amount",
                billing_interval=unit,
                billing_interval_count=pl.when(unit.is_not_null()).then(pl.coalesce("interval_length", pl.lit(1))),
                valid_from="created_at",
            ),
        ),
    ]


PLAN = Kind(
    "plan",
    {
        "id": Leaf.ID,
        "name": Leaf.TEXT,
        "state": Leaf.TEXT,
        "interval_unit": Leaf.TEXT,
        "interval_length": Leaf.COUNT,
        "created_at": Leaf.MOMENT,
        "currencies": [{"currency": Leaf.CURRENCY, "unit_amount": Leaf.DECIMAL}],
    },
    plans,
)
