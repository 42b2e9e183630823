"""Products, variants and inventory: what is sold, for how much, what it cost, and how many there are.

What a customer buys is a variant (https://shopify.dev/docs/api/admin-rest/latest/resources/product-variant), so the lines
of orders name variants, and a product only where the variant is unknown. The cost of a variant and its quantity on hand
belong to its inventory item, which the variant names by `inventory_item_id`; the two are tied by external references.

These payloads tell amounts in the shop's currency without naming it. Where the receiver (`delivery.currency`) or the
exporter (`currency` of the record) states it, the price and the cost are kept; otherwise they are not told, since an
amount without a currency is no money. A variant's `presentment_prices` name theirs.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import PRICES, PRODUCTS, STOCK
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_goods import cost, list_prices, product
from pipelines.systems.shop_money import as_parents
from pipelines.systems.shop_records import Resource, shop_currency
from pipelines.systems.shop_references import references
from pipelines.systems.shopify.reading import LIFE, refers

VARIANT_ID = "variant:"
ITEM_ID = "inventory_item:"


def sold_as(reading: Reading, variant: str = "variant_id", product: str = "product_id") -> pl.Expr:
    """The variant that was sold; the product where the variant is not known."""
    by_variant = reading.object_id(pl.concat_str(pl.lit(VARIANT_ID), variant))
    return pl.coalesce(by_variant, reading.object_id(product))


def products(reading: Reading) -> list[Fact]:
    """products/create, /update, /delete: the product, and each of its variants with its price."""
    reading.require("", "id")
    root = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    variants = reading.of_root(
        reading.frames["variants"], of_product="id", product_title="title", category="product_type", state="status"
    ).with_columns(part=pl.format("{}", "_n"), product=pl.coalesce("product_id", "of_product"))
    nested = reading.with_frame("variants", variants)
    return [
        product(root, LIFE, name="title", category="product_type", active=_active()),
        references([refers(root, "product", "same_as", "product_id", "id")]),
        *_variants(nested, "variants"),
    ]


def _active(status: str = "status") -> pl.Expr:
    """Before 2020-07 a product had no status: what is told of it can be sold."""
    return pl.when(pl.col(status).is_not_null()).then(pl.col(status) == "active")


def variants(reading: Reading) -> list[Fact]:
    """The REST variant."""
    none = pl.lit(None, pl.String)
    root = reading.root.with_columns(
        part=pl.lit("0"), product="product_id", product_title=none, category=none, state=none, _n=pl.lit(1, pl.Int64)
    )
    return _variants(reading.with_frame("", root), "")


def _variants(reading: Reading, path: str) -> list[Fact]:
    reading.require(path, "id")
    reading.refuse(path, "price", pl.col("price") < 0)
    event = reading.root.select("_row", "event_at", currency_of_shop=shop_currency(reading))
    rows = reading.frames[path]
    if path:
        rows = rows.join(event, on="_row", how="left", maintain_order="left")
    else:
        rows = rows.with_columns(currency_of_shop=shop_currency(reading))
    rows = rows.with_columns(
        object_id=reading.object_id(pl.concat_str(pl.lit(VARIANT_ID), "id")),
        effective_at="event_at",
        # A product of one kind has a variant that is called this.
        own_title=pl.when(pl.col("title") != "Default Title").then("title"),
    )
    listed = f"{path}[].presentment_prices" if path else "presentment_prices"
    by_place = as_parents(rows).select("_up", "object_id", "effective_at", "part")
    foreign = reading.frames[listed].join(by_place, on="_up", how="left", maintain_order="left")
    number = pl.col("part")
    return [
        Fact(
            PRODUCTS,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                "category",
                part=pl.concat_str(pl.lit("products/variants/"), "part"),
                name=pl.concat_str("product_title", "own_title", separator=" - ", ignore_nulls=True),
                active=_active("state"),
            ),
        ),
        Fact(
            PRICES,
            pl.concat(
                [
                    _listed(rows, pl.lit("shop"), pl.col("currency_of_shop"), pl.col("price")),
                    _listed(foreign, pl.col("_n").cast(pl.String), pl.col("price.currency_code"), pl.col("price.amount")),
                ]
            ),
        ),
        references(
            [
                refers(rows, "product", "same_as", "variant_id", "id", part=pl.format("variant_id/{}", number)),
                refers(rows, "product", "derives_from", "product_id", "product", part=pl.format("product_id/{}", number)),
                refers(
                    rows,
                    "product",
                    "same_as",
                    "inventory_item_id",
                    "inventory_item_id",
                    part=pl.format("inventory_item_id/{}", number),
                ),
                refers(rows, "product", "names", "sku", "sku", system=None, part=pl.format("sku/{}", number)),
                refers(rows, "product", "names", "barcode", "barcode", system=None, part=pl.format("barcode/{}", number)),
            ]
        ),
    ]


def _listed(rows: pl.DataFrame, name: pl.Expr, currency: pl.Expr, amount: pl.Expr) -> pl.DataFrame:
    """The prices of variants in one currency each."""
    part = pl.concat_str(pl.lit("prices/"), "part", pl.lit("/"), name)
    return list_prices(rows, part, pl.concat_str("object_id", pl.lit(":price:"), currency), currency, amount)


def inventory_items(reading: Reading) -> list[Fact]:
    """inventory_items/create, /update, /delete: the cost of a variant."""
    reading.require("", "id")
    reading.refuse("", "cost", pl.col("cost") < 0)
    root = reading.root.with_columns(
        object_id=reading.object_id(pl.concat_str(pl.lit(ITEM_ID), "id")),
        effective_at="event_at",
        shop_currency=shop_currency(reading),
    )
    return [
        product(root, LIFE, **cost("cost", "shop_currency")),
        references(
            [
                refers(root, "product", "same_as", "inventory_item_id", "id"),
                refers(root, "product", "names", "sku", "sku", system=None),
            ]
        ),
    ]


def inventory_levels(reading: Reading) -> list[Fact]:
    """inventory_levels/update, /connect, /disconnect: how many are at a location."""
    reading.require("", "inventory_item_id", "location_id")
    gone = pl.col("event_type") == "inventory_levels/disconnect"
    # An item that is not tracked, or not stocked there, has no quantity.
    counted = pl.col("available").is_not_null() & ~gone
    return [
        Fact(
            STOCK,
            reading.root.select(
                "_row",
                part=pl.lit("stock"),
                object_id=reading.object_id(
                    pl.concat_str(pl.lit("inventory_level:"), "inventory_item_id", pl.lit(":"), "location_id")
                ),
                effective_at="event_at",
                operation=pl.when(counted).then(pl.lit("assert")).otherwise(pl.lit("retract")),
                product_id=reading.object_id(pl.concat_str(pl.lit(ITEM_ID), "inventory_item_id")),
                location="location_id",
                quantity=pl.col("available").fill_null(pl.lit(0).cast(pl.Decimal(38, 12))),
            ),
        )
    ]


_VARIANT: Shape = {
    "id": Leaf.ID,
    "product_id": Leaf.ID,
    "inventory_item_id": Leaf.ID,
    "title": Leaf.TEXT,
    "sku": Leaf.TEXT,
    "barcode": Leaf.TEXT,
    "price": Leaf.MONEY,
    "presentment_prices": [{"price": {"amount": Leaf.MONEY, "currency_code": Leaf.CURRENCY}}],
}

PRODUCT = Resource(
    "product",
    {
        "id": Leaf.ID,
        "title": Leaf.TEXT,
        "product_type": Leaf.TEXT,
        "status": Leaf.TEXT,
        "currency": Leaf.CURRENCY,
        "variants": [_VARIANT],
    },
    products,
)
VARIANT = Resource("variant", {**_VARIANT, "currency": Leaf.CURRENCY}, variants, VARIANT_ID)
INVENTORY_ITEM = Resource(
    "inventory_item",
    {"id": Leaf.ID, "sku": Leaf.TEXT, "cost": Leaf.MONEY, "currency": Leaf.CURRENCY},
    inventory_items,
    ITEM_ID,
)
INVENTORY_LEVEL = Resource(
    "inventory_level",
    {"inventory_item_id": Leaf.ID, "location_id": Leaf.ID, "available": Leaf.DECIMAL},
    inventory_levels,
    "inventory_level:",
)
