"""Transactions: payments and refunds, alone or in the invoice that they belong to.

A purchase or capture is a payment; a chargeback shows as the status of the payment, and is told as a dispute beside it.
What is authorised or verified moves nothing. https://recurly.com/developers/api/v2021-02-25/index.html#tag/transaction
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS, EXTERNAL_REFERENCES
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

TRANSACTIONS = "transactions"
TYPES = ("purchase", "capture", "refund", "authorization", "verify")
STATUSES = {
    "success": "succeeded",
    "chargeback": "succeeded",
    "pending": "pending",
    "scheduled": "pending",
    "processing": "pending",
    "declined": "failed",
    "error": "failed",
    "void": "canceled",
}
_MOVES = {"purchase": "payment", "capture": "payment", "refund": "refund"}

SHAPE: Shape = {
    "id": Leaf.ID,
    "type": Leaf.TEXT,
    "status": Leaf.TEXT,
    "amount": Leaf.MONEY,
    "currency": Leaf.CURRENCY,
    "account": {"id": Leaf.ID},
    "invoice": {"id": Leaf.ID},
    "original_transaction_id": Leaf.ID,
    "payment_method": {"object": Leaf.TEXT},
    "payment_gateway": {"type": Leaf.TEXT},
    "gateway_reference": Leaf.TEXT,
    "status_code": Leaf.TEXT,
    "created_at": Leaf.MOMENT,
    "updated_at": Leaf.MOMENT,
    "collected_at": Leaf.MOMENT,
}


def transactions(reading: Reading) -> list[Fact]:
    """A transaction on its own."""
    none = pl.lit(None, pl.String)
    rows = reading.root.with_columns(of_invoice=none, of_account=none, part=pl.lit("cash"))
    return [
        *cash(reading, "", rows),
        Fact(CASH_APPLICATIONS, applications(reading, rows)),
        *gateway_references(reading, rows),
    ]


def cash(reading: Reading, path: str, rows: pl.DataFrame) -> list[Fact]:
    """`rows` are transactions of the frame `path`, with `part`, and the invoice and account that hold them."""
    reading.require(path, "id", "type", "status", "amount", "currency")
    reading.allow(path, "type", TYPES)
    reading.allow(path, "status", STATUSES)
    reading.refuse(path, "amount", pl.col("amount") < 0)
    moved = _moved(reading, rows)
    refund = pl.col("type") == "refund"
    state = pl.col("status").replace_strict(STATUSES, default=None, return_dtype=pl.String)
    told = moved.select(
        "_row",
        "part",
        "object_id",
        "effective_at",
        "amount",
        "currency",
        "customer_id",
        direction=pl.when(refund).then(pl.lit("out")).otherwise(pl.lit("in")),
        kind=pl.col("type").replace_strict(_MOVES, default=None, return_dtype=pl.String),
        status=state,
        source_sequence=(state != "pending").cast(pl.Int64) + (pl.col("status") == "void").cast(pl.Int64),
        method="payment_method.object",
        payment_id=pl.when(refund).then(reading.object_id("original_transaction_id")),
        # A refund that names no payment is known by the invoice that it was made for.
        payment_group_id=pl.when(refund & pl.col("original_transaction_id").is_null()).then("document"),
        reason=pl.when(state == "failed").then(pl.coalesce("status_code", "status")),
    )
    disputes = moved.filter(pl.col("status") == "chargeback").select(
        "_row",
        "amount",
        "currency",
        "customer_id",
        part=pl.concat_str("part", pl.lit("/chargeback")),
        object_id=pl.concat_str("object_id", pl.lit(":chargeback")),
        effective_at=pl.coalesce("updated_at", "effective_at"),
        direction=pl.lit("out"),
        kind=pl.lit("dispute"),
        status=pl.lit("succeeded"),
        payment_id="object_id",
    )
    return [Fact(CASH, told), Fact(CASH, disputes)]


def _moved(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("type").is_in(list(_MOVES))).with_columns(
        object_id=reading.object_id("id"),
        effective_at=pl.coalesce("collected_at", "created_at", "event_at"),
        customer_id=reading.object_id(pl.coalesce("account.id", "of_account")),
        document=reading.object_id(pl.coalesce("invoice.id", "of_invoice")),
    )


def applications(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """What a payment settles: the invoice that it was made for."""
    paid = _moved(reading, rows).filter(
        (pl.col("type") != "refund") & pl.col("status").is_in(["success", "chargeback"]) & pl.col("document").is_not_null()
    )
    return paid.select(
        "_row",
        "effective_at",
        "amount",
        "currency",
        part=pl.concat_str(pl.lit("cash_applications/"), "part"),
        object_id=pl.concat_str("object_id", pl.lit(":"), "document"),
        cash_id="object_id",
        document_id="document",
    )


def gateway_references(reading: Reading, rows: pl.DataFrame) -> list[Fact]:
    """The payment as the gateway calls it."""
    known = _moved(reading, rows).filter(pl.col("gateway_reference").str.strip_chars() != "")
    return [
        Fact(
            EXTERNAL_REFERENCES,
            known.select(
                "_row",
                "object_id",
                "effective_at",
                part=pl.concat_str(pl.lit("external_references/gateway/"), "part"),
                object_kind=pl.lit("cash"),
                relation=pl.lit("same_as"),
                reference_system=pl.col("payment_gateway.type").str.to_lowercase(),
                reference_kind=pl.lit("object_id"),
                reference="gateway_reference",
            ),
        )
    ]


TRANSACTION = Kind("transaction", SHAPE, transactions)
