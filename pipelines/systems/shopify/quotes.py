"""Draft orders: offers to a customer that become orders when they are accepted.

https://shopify.dev/docs/api/admin-rest/latest/resources/draftorder. The offer's figures are the draft's own: what it asks
for (`total_price`), the tax in it, and the discount on the whole of it; shipping is among its lines.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import QUOTE_LINES, QUOTES
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.shop_money import NOTHING, nought
from pipelines.systems.shop_records import Resource
from pipelines.systems.shop_references import references
from pipelines.systems.shopify.money import charged, charged_in, told
from pipelines.systems.shopify.products import sold_as
from pipelines.systems.shopify.reading import LIFE, refers

STATUSES = {"open": "open", "invoice_sent": "open", "completed": "accepted"}
_ORDER = {"open": 0, "invoice_sent": 1, "completed": 2}


def draft_orders(reading: Reading) -> list[Fact]:
    """draft_orders/create, /update, /delete and the REST draft order; a deleted one is retracted."""
    there = ~pl.col("event_type").str.ends_with("/delete")
    reading.require("", "id")
    reading.require("", "status", "currency", "total_price", when=there)
    reading.allow("", "status", STATUSES)
    reading.require("line_items", "quantity", "price")
    tax = nought(charged("total_tax"))
    discount = nought(charged("applied_discount.amount"))
    root = reading.root.with_columns(
        object_id=reading.object_id("id"),
        effective_at="event_at",
        currency=pl.coalesce(charged_in("total_price"), "currency"),
    )
    return [
        Fact(
            QUOTES,
            root.select(
                "_row",
                "object_id",
                "effective_at",
                "currency",
                part=pl.lit("quotes"),
                source_sequence=pl.col("status").replace_strict(_ORDER, default=3, return_dtype=pl.Int64),
                operation=LIFE.operation(),
                customer_id=reading.object_id("customer.id"),
                number="name",
                status=pl.col("status").replace_strict(STATUSES, default="canceled", return_dtype=pl.String),
                subtotal=charged("total_price") - tax + discount,
                discount=discount,
                tax=tax,
                total=charged("total_price"),
            ),
        ),
        Fact(QUOTE_LINES, _lines(reading, root)),
        Fact(QUOTE_LINES, _shipping(root)),
        references(
            [
                refers(root, "quote", "same_as", "draft_order_id", "id"),
                refers(root, "quote", "same_as", "draft_order_name", "name"),
                refers(root, "quote", "names", "email", "email", system=None),
                refers(
                    root.with_columns(object_id=reading.object_id("order_id")),
                    "document",
                    "derives_from",
                    "draft_order_id",
                    pl.when(pl.col("order_id").is_not_null()).then("id"),
                    part=pl.lit("order/draft_order_id"),
                ),
            ]
        ),
    ]


def _lines(reading: Reading, root: pl.DataFrame) -> pl.DataFrame:
    of_quote = root.select("_row", "effective_at", quote_id="object_id", of_quote="currency")
    lines = reading.frames["line_items"].join(of_quote, on="_row", how="left", maintain_order="left")
    discount = nought(charged("applied_discount.amount"))
    return lines.select(
        "_row",
        "effective_at",
        "quote_id",
        part=pl.format("quote_lines/{}", "_n"),
        object_id=pl.format("{}:{}", "quote_id", pl.coalesce("id", pl.col("_n").cast(pl.String))),
        product_id=sold_as(reading),
        description="title",
        quantity="quantity",
        unit_price=charged("price"),
        discount=discount,
        amount=charged("price") * pl.col("quantity").cast(pl.Decimal(38, 0)) - discount,
        currency="of_quote",
    )


def _shipping(root: pl.DataFrame) -> pl.DataFrame:
    """Shipping is offered too; it is the last line."""
    return root.filter(charged("shipping_line.price").is_not_null()).select(
        "_row",
        "effective_at",
        "currency",
        part=pl.lit("quote_lines/shipping"),
        object_id=pl.concat_str("object_id", pl.lit(":shipping")),
        quote_id="object_id",
        description=pl.coalesce("shipping_line.title", pl.lit("Shipping")),
        quantity=pl.lit(1),
        unit_price=charged("shipping_line.price"),
        discount=NOTHING,
        amount=charged("shipping_line.price"),
    )


DRAFT_ORDER = Resource(
    "draft_order",
    {
        "id": Leaf.ID,
        "name": Leaf.TEXT,
        "status": Leaf.TEXT,
        "email": Leaf.TEXT,
        "order_id": Leaf.ID,
        "currency": Leaf.CURRENCY,
        **told("total_price", "total_tax"),
        "customer": {"id": Leaf.ID},
        "applied_discount": told("amount"),
        "shipping_line": {"title": Leaf.TEXT, **told("price")},
        "line_items": [
            {
                "id": Leaf.ID,
                "product_id": Leaf.ID,
                "variant_id": Leaf.ID,
                "title": Leaf.TEXT,
                "quantity": Leaf.COUNT,
                **told("price"),
                "applied_discount": told("amount"),
            }
        ],
    },
    draft_orders,
)
