"""Orders: invoices with their lines, the payment, and what was delivered.

https://developer.woocommerce.com/docs/apis/rest-api/v3/orders/. `total` of a line is net of discounts and of tax; the
order's total is its lines and `total_tax`, to the cent (see `money` for what rounding may leave), or it is rejected.

An order is no invoice before the shop has accepted it: pending (nothing paid yet), failed and draft orders are drafts.
Once cancelled, it is void for what is not paid; so is one that is refunded without ever having been paid. What is paid is
told by `date_paid_gmt`, whatever the status, as plugins have statuses of their own. Completed is delivered:
`date_completed_gmt` dates the delivery of every item, as WooCommerce knows no shipments.

The order lists its refunds by id and amount, without a date. It therefore says only how much of the payment was refunded
(`amount_refunded`), dated by the first event that shows it; a refund object (`refunds`) tells its own date and takes that
place. https://woocommerce.com/document/managing-orders/order-statuses/
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENT_EVENTS, DOCUMENT_LINES, DOCUMENTS, PERFORMANCE
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_money import NOTHING, WIDE, nought, total
from pipelines.systems.shop_records import Resource
from pipelines.systems.shop_references import like_references, references
from pipelines.systems.woocommerce.money import units
from pipelines.systems.woocommerce.order_lines import order_lines, tied
from pipelines.systems.woocommerce.payments import payments
from pipelines.systems.woocommerce.reading import META, known, refers

DRAFTS = ("pending", "failed", "checkout-draft", "auto-draft", "draft")
# Order of the states within one second.
_STATES = {"pending": 0, "failed": 0, "on-hold": 1, "processing": 2, "completed": 3, "refunded": 5, "cancelled": 6}


def orders(reading: Reading) -> list[Fact]:
    """order.created, .updated, .restored and the REST order; one in the trash is retracted."""
    reading.require("", "id", "status", "currency", "total", "date_created_gmt")
    root = reading.root.with_columns(
        object_id=reading.object_id("id"),
        effective_at="event_at",
        unit=units(pl.col("currency")),
        asked=pl.col("total").cast(WIDE),
        tax=nought(pl.col("total_tax").cast(WIDE)),
        paid=pl.col("date_paid_gmt").is_not_null(),
        refunded=-total(reading.root, reading.frames["refunds"], pl.col("total")),
    )
    root = _with_state(root)
    lines = tied(reading, root, order_lines(reading, root))
    return [
        Fact(DOCUMENTS, _documents(reading, root)),
        Fact(DOCUMENT_LINES, _document_lines(root, lines)),
        Fact(DOCUMENT_EVENTS, _voids(root)),
        *payments(reading, root.filter("paid")),
        Fact(PERFORMANCE, _deliveries(reading, root, lines)),
        references(_references(reading, root)),
    ]


def _with_state(root: pl.DataFrame) -> pl.DataFrame:
    status = pl.col("status")
    void = (status == "cancelled") | ((status == "refunded") & ~pl.col("paid"))
    return root.with_columns(
        state=pl.when(void)
        .then(pl.lit("void"))
        .when("paid")
        .then(pl.lit("paid"))
        .when(status.is_in(DRAFTS))
        .then(pl.lit("draft"))
        .otherwise(pl.lit("open")),
        voided_at=pl.when(void).then(pl.max_horizontal("event_at", "date_created_gmt")),
        operation=pl.when(status == "trash").then(pl.lit("retract")).otherwise(pl.lit("assert")),
        # Plugins' own states lie between.
        source_sequence=status.replace_strict(_STATES, default=4, return_dtype=pl.Int64),
    )


def _documents(reading: Reading, root: pl.DataFrame) -> pl.DataFrame:
    paid = pl.when("paid").then("asked").otherwise(NOTHING)
    return root.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        "operation",
        "number",
        "currency",
        "voided_at",
        "tax",
        part=pl.lit("documents"),
        kind=pl.lit("invoice"),
        status="state",
        customer_id=reading.object_id(known("customer_id")),
        issued_at=pl.when(pl.col("state") != "draft").then("date_created_gmt"),
        paid_at="date_paid_gmt",
        subtotal=pl.col("asked") - pl.col("tax"),
        total="asked",
        amount_paid=paid,
        amount_remaining=pl.col("asked") - paid,
    )


def _document_lines(root: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    of_order = root.select("_row", "effective_at", "source_sequence", "operation", "currency", document="object_id")
    billed = lines.join(of_order, on="_row", how="left", maintain_order="left")
    return billed.with_columns(line_number=pl.int_range(pl.len()).over("_row") + 1).select(
        "_row",
        "effective_at",
        "source_sequence",
        "operation",
        "line_number",
        "product_id",
        "description",
        "currency",
        "quantity",
        "amount",
        "discount",
        "tax",
        part=pl.format("document_lines/{}", "line_number"),
        object_id=pl.concat_str("document", pl.lit(":"), "id"),
        document_id="document",
    )


def _voids(root: pl.DataFrame) -> pl.DataFrame:
    return root.filter(pl.col("state") == "void").select(
        "_row",
        "object_id",
        "source_sequence",
        part=pl.lit("document_events"),
        effective_at="voided_at",
        document_id="object_id",
        kind=pl.lit("voided"),
        reason="status",
    )


def _deliveries(reading: Reading, root: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    of_order = root.select("_row", "operation", "date_completed_gmt", document="object_id")
    done = lines.filter("item").join(of_order, on="_row", how="left", maintain_order="left")
    return done.filter(pl.col("date_completed_gmt").is_not_null()).select(
        "_row",
        "operation",
        "product_id",
        "quantity",
        part=pl.concat_str(pl.lit("performance/"), "id"),
        object_id=pl.concat_str("document", pl.lit(":delivery:"), "id"),
        effective_at="date_completed_gmt",
        kind=pl.lit("delivery"),
        document_id="document",
        document_line_id=pl.concat_str("document", pl.lit(":"), "id"),
    )


def _references(reading: Reading, root: pl.DataFrame) -> list[pl.DataFrame]:
    of_order = root.select("_row", "object_id", "effective_at")
    meta = reading.frames["meta_data"].join(of_order, on="_row", how="left", maintain_order="left")
    coupons = reading.frames["coupon_lines"].join(of_order, on="_row", how="left", maintain_order="left")
    return [
        refers(root, "document", "same_as", "order_id", "id"),
        refers(root, "document", "same_as", "order_number", "number"),
        refers(root, "document", "same_as", "order_key", "order_key"),
        refers(root, "document", "names", "email", "billing.email", system=None),
        refers(coupons, "document", "names", "coupon_code", "code", part=pl.format("coupon_lines/{}", "_n")),
        like_references(meta, "document", pl.col("key"), pl.col("value"), pl.format("meta_data/{}", "_n")),
    ]


_LINE: Shape = {"id": Leaf.ID, "total": Leaf.DECIMAL, "total_tax": Leaf.DECIMAL}

ORDER_SHAPE: Shape = {
    "id": Leaf.ID,
    "number": Leaf.TEXT,
    "order_key": Leaf.TEXT,
    "status": Leaf.TEXT,
    "currency": Leaf.CURRENCY,
    "prices_include_tax": Leaf.FLAG,
    "total": Leaf.MONEY,
    "total_tax": Leaf.MONEY,
    "customer_id": Leaf.ID,
    "date_created_gmt": Leaf.UTC_MOMENT,
    "date_paid_gmt": Leaf.UTC_MOMENT,
    "date_completed_gmt": Leaf.UTC_MOMENT,
    "payment_method": Leaf.TEXT,
    "transaction_id": Leaf.TEXT,
    "billing": {"email": Leaf.TEXT},
    "line_items": [
        {
            **_LINE,
            "name": Leaf.TEXT,
            "product_id": Leaf.ID,
            "variation_id": Leaf.ID,
            "quantity": Leaf.DECIMAL,
            "subtotal": Leaf.DECIMAL,
        }
    ],
    "shipping_lines": [{**_LINE, "method_title": Leaf.TEXT}],
    "fee_lines": [{**_LINE, "name": Leaf.TEXT}],
    "coupon_lines": [{"code": Leaf.TEXT}],
    "refunds": [{"total": Leaf.MONEY}],
    "meta_data": META,
}

ORDER = Resource("order", ORDER_SHAPE, orders)
