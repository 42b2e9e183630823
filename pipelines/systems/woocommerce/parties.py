"""Customers and products.

https://developer.woocommerce.com/docs/apis/rest-api/v3/customers/ and .../products/. Ids of customers are users of the
shop's site, ids of products and variations its posts. A product names no currency: where the receiver
(`delivery.currency`) or the exporter (`currency` of the record) states it, its price and its cost are kept.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS, PRICES, STOCK
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.shop_goods import cost, list_prices, product
from pipelines.systems.shop_records import Resource, shop_currency
from pipelines.systems.shop_references import references
from pipelines.systems.woocommerce.reading import LIFE, refers


def customers(reading: Reading) -> list[Fact]:
    """customer.created, .updated, .deleted and the REST customer; a deleted one is retracted."""
    reading.require("", "id")
    root = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    person = [
        pl.concat_str(f"{at}first_name", f"{at}last_name", separator=" ", ignore_nulls=True).str.strip_chars()
        for at in ("", "billing.")
    ]
    names = [*person, pl.col("billing.company").str.strip_chars()]
    return [
        Fact(
            CUSTOMERS,
            root.select(
                "_row",
                "object_id",
                "effective_at",
                part=pl.lit("customers"),
                source_sequence=LIFE.order(),
                operation=LIFE.operation(),
                name=pl.coalesce(pl.when(name != "").then(name) for name in names),
                email=pl.when(pl.col("email") != "").then("email"),
                country=pl.when(pl.col("billing.country") != "").then(pl.col("billing.country").str.to_uppercase()),
            ),
        ),
        references(
            [
                refers(root, "customer", "same_as", "customer_id", "id"),
                # A site has one user for an e-mail address.
                refers(root, "customer", "same_as", "email", "email", system=None),
            ]
        ),
    ]


def products(reading: Reading) -> list[Fact]:
    """product.created, .updated, .deleted and the REST product or variation, with price, cost and stock."""
    reading.require("", "id")
    root = reading.root.with_columns(
        object_id=reading.object_id("id"), effective_at="event_at", stated=shop_currency(reading)
    )
    price_id = pl.concat_str("object_id", pl.lit(":price"))
    counted = root.filter(pl.col("stock_quantity").is_not_null() & (pl.col("manage_stock") != "false"))
    return [
        product(
            root,
            LIFE,
            name="name",
            category=_first_category(reading),
            active=pl.when(pl.col("status").is_not_null()).then(pl.col("status") == "publish"),
            **cost("cost_of_goods_sold.total_value", "stated"),
        ),
        Fact(PRICES, list_prices(root, pl.lit("prices"), price_id, pl.col("stated"), pl.col("price"))),
        Fact(
            STOCK,
            counted.select(
                "_row",
                "effective_at",
                part=pl.lit("stock"),
                object_id=pl.concat_str("object_id", pl.lit(":stock")),
                product_id="object_id",
                quantity="stock_quantity",
            ),
        ),
        references(
            [
                refers(root, "product", "same_as", "product_id", "id"),
                refers(root, "product", "names", "sku", "sku", system=None),
            ]
        ),
    ]


def _first_category(reading: Reading) -> pl.Series:
    first = reading.frames["categories"].group_by("_row", maintain_order=True).agg(pl.col("name").first())
    return reading.root.select("_row").join(first, on="_row", how="left", maintain_order="left").get_column("name")


CUSTOMER = Resource(
    "customer",
    {
        "id": Leaf.ID,
        "email": Leaf.TEXT,
        "first_name": Leaf.TEXT,
        "last_name": Leaf.TEXT,
        "billing": {
            "first_name": Leaf.TEXT,
            "last_name": Leaf.TEXT,
            "company": Leaf.TEXT,
            "country": Leaf.TEXT,
        },
    },
    customers,
)
PRODUCT = Resource(
    "product",
    {
        "id": Leaf.ID,
        "name": Leaf.TEXT,
        "status": Leaf.TEXT,
        "sku": Leaf.TEXT,
        "price": Leaf.DECIMAL,
        "currency": Leaf.CURRENCY,
        "manage_stock": Leaf.TEXT,
        "stock_quantity": Leaf.DECIMAL,
        "cost_of_goods_sold": {"total_value": Leaf.DECIMAL},
        "categories": [{"name": Leaf.TEXT}],
    },
    products,
)
