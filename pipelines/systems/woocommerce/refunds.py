"""Refunds: a credit note with its lines, and the money that went back.

https://developer.woocommerce.com/docs/apis/rest-api/v3/order-refunds/. A refund is a negative order: its lines, their
quantities and taxes are below zero; `amount`, tax included, is what counts, whatever the lines come to. What the lines do
not explain is a line of its own.

One return is taken back once: a refund in WooCommerce is money given back, by the gateway or by hand
(`refunded_payment`), so the note is paid in full (`amount_paid` is its total) and only the cash takes anything back. It
names the payment of its order; where that was never made, the refund waits for it. Whether goods came back is not told.

A refund does not tell its currency: the receiver (`delivery.currency`) or the exporter (`currency` of the record, the
order's) must state it, or it is rejected. The order counts the refund in any case (`orders`).
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_money import NOTHING, WIDE, nought
from pipelines.systems.shop_records import Resource, shop_currency
from pipelines.systems.shop_references import references
from pipelines.systems.woocommerce.money import FINE, rounded_lines, units
from pipelines.systems.woocommerce.payments import payment_of
from pipelines.systems.woocommerce.reading import refers, sold_as

LISTS = ("line_items", "shipping_lines", "fee_lines")


def refunds(reading: Reading) -> list[Fact]:
    """The refund object, which names its order (`parent_id`)."""
    stated = reading.with_frame("", reading.root.with_columns(currency=shop_currency(reading)))
    stated.require("", "id", "parent_id", "amount", "currency", "date_created_gmt")
    stated.refuse("", "amount", pl.col("amount") < 0)
    root = stated.root.with_columns(
        credited=pl.col("amount").cast(WIDE),
        object_id=reading.object_id(pl.concat_str(pl.lit("refund:"), "id")),
        effective_at="date_created_gmt",
    ).with_columns(unit=units(pl.col("currency")))
    lines = _lines(reading, root)
    sums = lines.group_by("_row").agg(net=pl.col("amount").sum(), of_lines=pl.col("tax").sum())
    root = root.join(sums, on="_row", how="left", maintain_order="left").with_columns(
        tax=nought(pl.col("of_lines")), rest=pl.col("credited") - nought(pl.col("net")) - nought(pl.col("of_lines"))
    )
    return [
        Fact(
            DOCUMENTS,
            root.select(
                "_row",
                "object_id",
                "effective_at",
                "currency",
                "tax",
                part=pl.lit("documents"),
                kind=pl.lit("credit_note"),
                status=pl.lit("paid"),
                reason_code=pl.when(pl.col("reason") != "").then("reason"),
                corrects_document_id=reading.object_id("parent_id"),
                issued_at="date_created_gmt",
                subtotal=pl.col("credited") - pl.col("tax"),
                total="credited",
                amount_paid="credited",
                amount_remaining=NOTHING,
            ),
        ),
        Fact(DOCUMENT_LINES, _document_lines(root, lines)),
        Fact(
            CASH,
            root.select(
                "_row",
                "effective_at",
                "currency",
                part=pl.lit("cash"),
                object_id=pl.concat_str("object_id", pl.lit(":payment")),
                direction=pl.lit("out"),
                kind=pl.lit("refund"),
                status=pl.lit("succeeded"),
                amount="credited",
                method=pl.when(pl.col("refunded_payment")).then(pl.lit("gateway")).otherwise(pl.lit("manual")),
                payment_id=payment_of(reading, pl.col("parent_id")),
                reason=pl.when(pl.col("reason") != "").then("reason"),
            ),
        ),
        references([refers(root, "document", "same_as", "refund_id", "id")]),
    ]


def _lines(reading: Reading, root: pl.DataFrame) -> pl.DataFrame:
    """What is given back, as positive amounts rounded to the minor unit."""
    for path in LISTS:
        reading.require(path, "total")
    none = pl.lit(None, pl.String)
    named = {"line_items": "name", "shipping_lines": "method_title", "fee_lines": "name"}
    parts = pl.concat(
        reading.frames[path].select(
            "_row",
            description=named[path],
            product_id=sold_as(reading) if path == "line_items" else none,
            quantity=-pl.col("quantity") if path == "line_items" else pl.lit(None, FINE),
            fine=-pl.col("total").cast(FINE),
            fine_tax=-pl.col("total_tax").fill_null(0).cast(FINE),
        )
        for path in LISTS
    ).sort("_row", maintain_order=True)
    lines = parts.join(root.select("_row", "unit"), on="_row", how="left", maintain_order="left")
    unit = pl.col("unit")
    return lines.select(
        "_row",
        "description",
        "product_id",
        "quantity",
        amount=rounded_lines(pl.col("fine"), unit),
        tax=rounded_lines(pl.col("fine_tax"), unit),
    )


def _document_lines(root: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines, and what the amount has beyond them."""
    rest = root.filter(pl.col("rest") != 0).select(
        "_row",
        description=pl.lit("Refund"),
        product_id=pl.lit(None, pl.String),
        quantity=pl.lit(None, FINE),
        amount="rest",
        tax=NOTHING,
    )
    of_refund = root.select("_row", "effective_at", "currency", document="object_id")
    told = pl.concat([lines, rest]).sort("_row", maintain_order=True)
    return (
        told.join(of_refund, on="_row", how="left", maintain_order="left")
        .with_columns(line_number=pl.int_range(pl.len()).over("_row") + 1)
        .select(
            "_row",
            "effective_at",
            "currency",
            "line_number",
            "description",
            "product_id",
            "quantity",
            "amount",
            "tax",
            part=pl.format("document_lines/{}", "line_number"),
            object_id=pl.format("{}:{}", "document", "line_number"),
            document_id="document",
        )
    )


_LINE: Shape = {"total": Leaf.DECIMAL, "total_tax": Leaf.DECIMAL}

REFUND = Resource(
    "refund",
    {
        "id": Leaf.ID,
        "parent_id": Leaf.ID,
        "amount": Leaf.MONEY,
        "currency": Leaf.CURRENCY,
        "reason": Leaf.TEXT,
        "refunded_payment": Leaf.FLAG,
        "date_created_gmt": Leaf.UTC_MOMENT,
        "line_items": [
            {**_LINE, "name": Leaf.TEXT, "product_id": Leaf.ID, "variation_id": Leaf.ID, "quantity": Leaf.DECIMAL}
        ],
        "shipping_lines": [{**_LINE, "method_title": Leaf.TEXT}],
        "fee_lines": [{**_LINE, "name": Leaf.TEXT}],
    },
    refunds,
    "refund:",
)
