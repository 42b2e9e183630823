"""Transactions: money that customers paid and got back.

https://shopify.dev/docs/api/admin-rest/latest/resources/transaction. A sale or a capture that succeeded is money in, a
refund that succeeded money out. An authorisation moves none: it is pending until it is captured or voided, and then
canceled, since the capture is a transaction of its own. What failed moves nothing either.

A gift card and store credit are no money: the shop had the money before, or never. Such a transaction settles its order
(cash_applications, by the card) and leaves cash alone; a refund to a card stays owed to the customer (`refunds`).

All transactions of an order form one group, so that a refund or dispute that names no payment still finds the order's.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_records import Resource
from pipelines.systems.shop_references import STRIPE, STRIPE_ID, references
from pipelines.systems.shopify.money import SET, charged, charged_in
from pipelines.systems.shopify.reading import refers

KINDS = {
    "sale": "payment",
    "capture": "payment",
    "authorization": "payment",
    "emv_authorization": "payment",
    "void": "payment",
    "refund": "refund",
}
STATUSES = {
    "success": "succeeded",
    "pending": "pending",
    "awaiting_response": "pending",
    "failure": "failed",
    "error": "failed",
}
NO_MONEY = ("gift_card", "shopify_store_credit")
"""Gateways through which a balance is used that the shop itself owes."""

_AUTHORISED = ("authorization", "emv_authorization")
_TAKES_IN = ("sale", "capture")

# Where gateways put their own ids into the receipt, which has the gateway's shape.
_RECEIPT_IDS = (
    *("id", "latest_charge", "charges.data[0]", "payment_intent", "charge"),
    *("transaction_id", "transactionid", "payment_id"),
)

TRANSACTION_SHAPE: Shape = {
    "id": Leaf.ID,
    "order_id": Leaf.ID,
    "parent_id": Leaf.ID,
    "kind": Leaf.TEXT,
    "status": Leaf.TEXT,
    "gateway": Leaf.TEXT,
    "test": Leaf.FLAG,
    "amount": Leaf.MONEY,
    "amount_set": SET,
    "currency": Leaf.CURRENCY,
    "created_at": Leaf.MOMENT,
    "processed_at": Leaf.MOMENT,
    "authorization": Leaf.TEXT,
    "payment_id": Leaf.TEXT,
    "error_code": Leaf.TEXT,
    "message": Leaf.TEXT,
    "receipt": Leaf.JSON,
    "payment_details": {"payment_method_name": Leaf.TEXT, "credit_card_company": Leaf.TEXT},
}


def group_of(reading: Reading, order: pl.Expr) -> pl.Expr:
    """The group of all payments of an order."""
    return pl.concat_str(reading.object_id(order), pl.lit(":payments"))


def told_transactions(reading: Reading, path: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Transactions wherever they stand, judged, with what silver calls things.

    `rows` are those of the frame at `path` with `part` (unique within the event), `order` and `customer` (ids of the order
    and its customer in Shopify), and `of_order`, the currency of the order where the transaction does not say.
    """
    told = reading.with_frame(path, rows.with_columns(currency=pl.coalesce(charged_in("amount"), "currency", "of_order")))
    counts = ~pl.col("test").fill_null(False)
    told.require(path, "id", "order", "amount", "kind", "status", "currency", when=counts)
    told.require_any(path, ["created_at", "processed_at"], when=counts)
    told.allow(path, "kind", KINDS)
    told.allow(path, "status", STATUSES)
    told.refuse(path, "amount", pl.col("amount") < 0)
    kind, parent = pl.col("kind"), pl.col("parent_id").is_not_null()
    success = pl.col("status") == "success"
    return (
        told.frames[path]
        .filter(counts)
        .with_columns(
            settled_as=pl.col("status").replace_strict(STATUSES, default="failed", return_dtype=pl.String),
            money=~pl.col("gateway").fill_null("").is_in(NO_MONEY),
            charged=charged("amount"),
            effective_at=pl.coalesce("processed_at", "created_at"),
            object_id=reading.object_id("id"),
            parent=reading.object_id("parent_id"),
            document_id=reading.object_id("order"),
            group=group_of(reading, pl.col("order")),
            closes=success & kind.is_in(["void", "capture"]) & parent,
        )
    )


def transaction_facts(reading: Reading, told: pl.DataFrame) -> list[Fact]:
    """Cash, what it settles, and how the gateway calls it."""
    taken = told.filter(pl.col("kind").is_in(_TAKES_IN) & (pl.col("settled_as") == "succeeded"))
    card = pl.coalesce(pl.col("receipt").str.json_path_match("$.gift_card_id"), "id")
    return [
        Fact(CASH, _cash(reading, told.filter("money"))),
        Fact(CASH, _closed(told.filter(pl.col("money") & pl.col("closes")))),
        Fact(
            CASH_APPLICATIONS,
            taken.select(
                "_row",
                "effective_at",
                "document_id",
                "currency",
                part=pl.concat_str(pl.lit("cash_applications/"), "part"),
                object_id=pl.concat_str("object_id", pl.lit(":application")),
                source_sequence=pl.lit(1, pl.Int64),
                cash_id=pl.when("money")
                .then("object_id")
                .otherwise(reading.object_id(pl.concat_str(pl.lit("gift_card:"), card))),
                amount="charged",
            ),
        ),
        references(_references(told)),
    ]


def _cash(reading: Reading, told: pl.DataFrame) -> pl.DataFrame:
    """One row a transaction; a void that closes an authorisation says so of the authorisation (`_closed`)."""
    refund = pl.col("kind") == "refund"
    status = (
        pl.when(pl.col("kind").is_in(_AUTHORISED) & (pl.col("settled_as") == "succeeded"))
        .then(pl.lit("pending"))
        .when((pl.col("kind") == "void") & (pl.col("settled_as") == "succeeded"))
        .then(pl.lit("canceled"))
        .otherwise("settled_as")
    )
    own = told.filter((pl.col("kind") != "void") | ~pl.col("closes"))
    return own.with_columns(status=status).select(
        "_row",
        "object_id",
        "effective_at",
        "status",
        "currency",
        part=pl.concat_str(pl.lit("cash/"), "part"),
        # Within one second what is settled comes after what is pending.
        source_sequence=(pl.col("status") != "pending").cast(pl.Int64),
        direction=pl.when(refund).then(pl.lit("out")).otherwise(pl.lit("in")),
        kind=pl.when(refund).then(pl.lit("refund")).otherwise(pl.lit("payment")),
        amount="charged",
        settlement_amount="amount_set.shop_money.amount",
        settlement_currency="amount_set.shop_money.currency_code",
        method=pl.coalesce("payment_details.payment_method_name", "payment_details.credit_card_company", "gateway"),
        customer_id=reading.object_id("customer"),
        document_id=pl.when(~refund).then("document_id"),
        payment_id=pl.when(refund).then("parent"),
        payment_group_id="group",
        reason=pl.when(status == "failed").then(pl.coalesce("error_code", "message")),
    )


def _closed(closing: pl.DataFrame) -> pl.DataFrame:
    """The authorisation that a void gave up, or a capture used."""
    return closing.select(
        "_row",
        "effective_at",
        "currency",
        "document_id",
        part=pl.concat_str(pl.lit("cash/closed/"), "part"),
        object_id="parent",
        source_sequence=pl.lit(2, pl.Int64),
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        status=pl.lit("canceled"),
        amount="charged",
        payment_group_id="group",
        reason=pl.when(pl.col("kind") == "void").then(pl.lit("voided")).otherwise(pl.lit("captured")),
    )


def _references(told: pl.DataFrame) -> list[pl.DataFrame]:
    """The order a transaction belongs to, and its ids at the gateway, each once."""
    of_order = refers(told, "cash", "derives_from", "order_id", "order", part=pl.concat_str(pl.lit("order_id/"), "part"))
    ids = {"authorization": pl.col("authorization"), "payment_id": pl.col("payment_id")}
    ids |= {f"receipt.{name}": _in_receipt(name) for name in _RECEIPT_IDS}
    found = pl.concat(_at_gateway(told, kind, value) for kind, value in ids.items())
    same = ["_row", "object_id", "reference_system", "reference"]
    return [of_order, found.unique(same, keep="first", maintain_order=True)]


def _in_receipt(name: str) -> pl.Expr:
    """An id in the receipt, or the id of the object that stands there."""
    receipt = pl.col("receipt").str
    found = pl.coalesce(receipt.json_path_match(f"$.{name}.id"), receipt.json_path_match(f"$.{name}"))
    return pl.when(~found.str.contains(r"^[\[{]")).then(found)


def _at_gateway(told: pl.DataFrame, kind: str, value: pl.Expr) -> pl.DataFrame:
    stripe = value.str.contains(STRIPE_ID)
    return refers(
        told,
        "cash",
        "same_as",
        pl.when(stripe).then(pl.lit("object_id")).otherwise(pl.lit(kind)),
        value,
        system=pl.when(stripe).then(pl.lit(STRIPE)).otherwise("gateway"),
        part=pl.concat_str(pl.lit(f"{kind}/"), "part"),
    )


def transactions(reading: Reading) -> list[Fact]:
    """order_transactions/create and the REST transaction."""
    none = pl.lit(None, pl.String)
    rows = reading.root.with_columns(part=pl.lit("0"), order="order_id", customer=none, of_order=none)
    return transaction_facts(reading, told_transactions(reading, "", rows))


TRANSACTION = Resource("transaction", TRANSACTION_SHAPE, transactions)
