"""Orders: what a customer owes, as an invoice with its lines, and all that an order tells besides.

https://shopify.dev/docs/api/admin-rest/latest/resources/order. The invoice is the order as it was sold, edits added
(`total_price`); what was removed, refunded or returned since are credit notes (`refunds`), which the order lists too. So
invoice less notes is `current_total_price`, and each change is dated when it happened.

The money must tie: lines and tax are `total_price` to the cent, and where prices contain tax, the taxes of the lines are
`total_tax`. An order that does not tie is rejected (AMOUNTS_DO_NOT_TIE), since what is missing would pass for tax.

A gift card that is sold is no revenue but a liability, so neither its line nor its price is in the invoice; what was paid
for it stands as a credit on the order's receivable until the card is used, which leaves as much open on the other order.

A cancelled order is void for what its refunds do not give back: Shopify cancels what was paid by a refund of the lines,
and the void takes only what is then unpaid. Both would else take the same goods back twice. Test orders are unmapped.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENT_EVENTS, DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_money import NOTHING, WIDE, nought, shown
from pipelines.systems.shop_records import Resource
from pipelines.systems.shopify.customers import CUSTOMER_SHAPE, customer_facts
from pipelines.systems.shopify.fulfilments import FULFILMENT_SHAPE, deliveries
from pipelines.systems.shopify.money import SET, charged, charged_in, told
from pipelines.systems.shopify.order_lines import ITEM_SHAPE, SHIPPING_SHAPE, order_lines
from pipelines.systems.shopify.order_references import NAMED_SHAPE, order_references
from pipelines.systems.shopify.refunds import REFUND_SHAPE, Refunds, refund_facts, told_refunds
from pipelines.systems.shopify.transactions import TRANSACTION_SHAPE, told_transactions, transaction_facts

# Order of the states within one second: `updated_at` counts whole seconds.
_STATES = {
    "pending": 0,
    "authorized": 1,
    "partially_paid": 2,
    "paid": 3,
    "partially_refunded": 4,
    "refunded": 5,
    "voided": 6,
    "expired": 6,
}
_PAID = ("paid", "partially_refunded", "refunded")


def orders(reading: Reading) -> list[Fact]:
    """orders/create, /updated, /paid, /cancelled, /edited, /fulfilled and the like, and the REST order."""
    reading.require("", "id")
    reading.require_any("", ["total_price", "total_price_set.presentment_money.amount"])
    reading.require_any("", ["processed_at", "created_at"])
    reading.require_any("", ["currency", "total_price_set.presentment_money.currency_code"])
    reading.allow("", "financial_status", _STATES)
    root = reading.root.with_columns(
        object_id=reading.object_id("id"),
        currency=pl.coalesce(charged_in("total_price"), "currency"),
        included=pl.col("taxes_included").fill_null(False),
        asked=charged("total_price"),
        tax=nought(charged("total_tax")),
        issued_at=pl.coalesce("processed_at", "created_at"),
    )
    lines = order_lines(reading)
    root = _tied(reading, root, lines)
    given_back = told_refunds(reading, "refunds", _nested(reading, root, "refunds"))
    root = _with_state(root, given_back)
    of_order = _nested(reading, root, "transactions").with_columns(
        part=pl.format("order/{}", "number"), order=pl.coalesce("order_id", "order")
    )
    customer = root.with_columns(
        effective_at=pl.coalesce("customer.updated_at", "event_at"),
        life=pl.lit(1, pl.Int64),
        operation=pl.lit("assert"),
    )
    return [
        Fact(DOCUMENTS, _documents(reading, root)),
        Fact(DOCUMENT_LINES, _document_lines(root, lines)),
        Fact(DOCUMENT_EVENTS, _voids(root)),
        *refund_facts(reading, given_back),
        *transaction_facts(reading, told_transactions(reading, "transactions", of_order)),
        deliveries(
            reading,
            "fulfillments",
            _nested(reading, root, "fulfillments").with_columns(order=pl.coalesce("order_id", "order")),
        ),
        *customer_facts(reading, customer, "customer."),
        order_references(reading, root.with_columns(effective_at="event_at")),
    ]


def _nested(reading: Reading, root: pl.DataFrame, path: str) -> pl.DataFrame:
    """Elements of a list of the order with what they must know of it."""
    of_order = root.select("_row", "event_at", "taxes_included", order="id", customer="customer.id", of_order="currency")
    rows = reading.frames[path].join(of_order, on="_row", how="left", maintain_order="left")
    return rows.with_columns(number=pl.col("_n").cast(pl.String))


def _tied(reading: Reading, root: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The orders with the sums of their lines, judged: lines and tax are the total, or the order is rejected."""
    sums = lines.group_by("_row").agg(
        gross=pl.col("gross").sum(),
        of_lines=pl.col("tax").sum(),
        gift_cards=pl.col("gross").filter(pl.col("gift_card")).sum(),
    )
    joined = root.join(sums, on="_row", how="left", maintain_order="left").with_columns(
        nought(pl.col("gross")), nought(pl.col("of_lines")), nought(pl.col("gift_cards"))
    )
    on_top = pl.when("included").then(NOTHING).otherwise("tax")
    loose = joined.filter(pl.col("gross") + on_top != pl.col("asked"))
    reading.faults.add_rows(
        loose.get_column("_row"),
        Code.AMOUNTS_DO_NOT_TIE,
        reading.kind.path("", "total_price"),
        loose.select(
            pl.format("{} is not {} of lines and {} of tax", shown("asked"), shown("gross"), shown(on_top))
        ).to_series(),
    )
    untaxed = joined.filter(pl.col("included") & (pl.col("tax") != pl.col("of_lines")))
    reading.faults.add_rows(
        untaxed.get_column("_row"),
        Code.AMOUNTS_DO_NOT_TIE,
        reading.kind.path("", "total_tax"),
        untaxed.select(pl.format("{} is not {}, the taxes of the lines", shown("tax"), shown("of_lines"))).to_series(),
    )
    return joined


def _with_state(root: pl.DataFrame, refunds: Refunds) -> pl.DataFrame:
    """The state of the invoice: void for what remains of a cancelled order, paid, or open."""
    given_back = refunds.rows.group_by("_row").agg(credited=pl.col("credited").sum(), last_refund=pl.col("at").max())
    joined = root.join(given_back, on="_row", how="left", maintain_order="left").with_columns(
        owed=pl.col("asked") - pl.col("gift_cards"), credited=nought(pl.col("credited"))
    )
    void = pl.col("cancelled_at").is_not_null() & (pl.col("credited") < pl.col("owed"))
    # A void takes what is left, so it comes after the refunds of the same moment.
    after_refunds = pl.col("last_refund").dt.offset_by("1us")
    return joined.with_columns(
        status=pl.when(void)
        .then(pl.lit("void"))
        .when(pl.col("financial_status").is_in(_PAID))
        .then(pl.lit("paid"))
        .otherwise(pl.lit("open")),
        voided_at=pl.when(void).then(pl.max_horizontal("cancelled_at", "issued_at", after_refunds)),
        # A later state of the same second: paid after open, then by how many refunds there are, then cancelled.
        source_sequence=pl.col("financial_status").replace_strict(_STATES, default=0, return_dtype=pl.Int64)
        + pl.when(pl.col("cancelled_at").is_not_null()).then(10).otherwise(0),
    )


def _documents(reading: Reading, root: pl.DataFrame) -> pl.DataFrame:
    paid = (
        pl.when(pl.col("financial_status").is_in(_PAID))
        .then("owed")
        .when(pl.col("financial_status") == "partially_paid")
        .then(pl.col("owed") - _outstanding())
        .otherwise(NOTHING)
    )
    return root.select(
        "_row",
        "object_id",
        "source_sequence",
        "status",
        "currency",
        "issued_at",
        "voided_at",
        "tax",
        part=pl.lit("documents"),
        effective_at="event_at",
        kind=pl.lit("invoice"),
        number="name",
        customer_id=reading.object_id("customer.id"),
        subtotal=pl.col("owed") - pl.col("tax"),
        total="owed",
        amount_paid=paid,
        amount_remaining=pl.col("owed") - paid,
    )


def _outstanding() -> pl.Expr:
    """What is still to be paid; of an order in another currency it is told in the shop's, and so is not known."""
    in_set = pl.col("total_outstanding_set.presentment_money.amount")
    in_shop = (pl.col("total_price_set.shop_money.currency_code") == pl.col("currency")).fill_null(True)
    return pl.coalesce(in_set, pl.when(in_shop).then("total_outstanding")).cast(WIDE)


def _document_lines(root: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines less gift cards; net of tax where prices contain it."""
    of_order = root.select("_row", "included", "currency", "source_sequence", "event_at", document="object_id")
    sold = lines.filter(~pl.col("gift_card")).join(of_order, on="_row", how="left", maintain_order="left")
    inside = pl.when("included").then("tax").otherwise(NOTHING)
    return sold.with_columns(line_number=pl.int_range(pl.len()).over("_row") + 1).select(
        "_row",
        "source_sequence",
        "line_number",
        "product_id",
        "description",
        "currency",
        "quantity",
        "discount",
        "tax",
        part=pl.format("document_lines/{}", "line_number"),
        object_id=pl.concat_str("document", pl.lit(":"), "line"),
        effective_at="event_at",
        document_id="document",
        amount=pl.col("gross") - inside,
    )


def _voids(root: pl.DataFrame) -> pl.DataFrame:
    return root.filter(pl.col("status") == "void").select(
        "_row",
        "object_id",
        "source_sequence",
        part=pl.lit("document_events"),
        effective_at="voided_at",
        document_id="object_id",
        kind=pl.lit("voided"),
        reason="cancel_reason",
    )


ORDER_SHAPE: Shape = {
    "id": Leaf.ID,
    "name": Leaf.TEXT,
    "currency": Leaf.CURRENCY,
    "taxes_included": Leaf.FLAG,
    "financial_status": Leaf.TEXT,
    "created_at": Leaf.MOMENT,
    "processed_at": Leaf.MOMENT,
    "cancelled_at": Leaf.MOMENT,
    "cancel_reason": Leaf.TEXT,
    **told("total_price", "total_tax", "total_tip_received", "total_outstanding"),
    "original_total_duties_set": SET,
    "original_total_additional_fees_set": SET,
    **NAMED_SHAPE,
    "customer": CUSTOMER_SHAPE,
    "line_items": [ITEM_SHAPE],
    "shipping_lines": [SHIPPING_SHAPE],
    "refunds": [REFUND_SHAPE],
    "fulfillments": [FULFILMENT_SHAPE],
    "transactions": [TRANSACTION_SHAPE],
}

ORDER = Resource("order", ORDER_SHAPE, orders)
