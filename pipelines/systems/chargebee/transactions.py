"""Transactions: payments and refunds, what they settle, and what became of them at the gateway.

    payment            money in; `linked_invoices` say what it settles
    refund             money out; a refund by chargeback is a dispute
    payment_reversal   the payment came back (a returned direct debit): it failed after all, and the invoice is open again

An authorisation moves nothing. https://apidocs.chargebee.com/docs/api/transactions
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS, EXTERNAL_REFERENCES
from pipelines.systems.chargebee.invoices import application
from pipelines.systems.chargebee.reading import money, with_state
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import reference
from pipelines.systems.shape import Leaf

INVOICES, PAYMENTS = "linked_invoices", "linked_payments"
TYPES = ("payment", "refund", "payment_reversal", "authorization")
STATUSES = {
    "success": "succeeded",
    "in_progress": "pending",
    "needs_attention": "pending",
    "failure": "failed",
    "timeout": "failed",
    "voided": "canceled",
}
_MOVES = ("payment", "refund")


def transactions(reading: Reading) -> list[Fact]:
    """payment_succeeded, payment_failed, payment_refunded, transaction_created, transaction_updated ..."""
    reading.require("", "id", "type", "status", "amount", "currency_code")
    reading.allow("", "type", TYPES)
    reading.allow("", "status", STATUSES)
    reading.refuse("", "amount", pl.col("amount") < 0)
    rows = with_state(reading).with_columns(
        state=pl.col("status").replace_strict(STATUSES, default=None, return_dtype=pl.String),
        made_at=pl.coalesce("date", "event_at"),
    )
    moved = rows.filter(pl.col("type").is_in(_MOVES))
    return [
        Fact(CASH, _moved(reading, moved)),
        Fact(CASH, _reversed(reading, rows)),
        Fact(CASH_APPLICATIONS, _settled(reading, moved)),
        Fact(EXTERNAL_REFERENCES, _at_gateway(moved)),
        reference(moved.with_columns(effective_at="made_at"), "cash", "names", "reference_number", "reference_number"),
    ]


def _moved(reading: Reading, moved: pl.DataFrame) -> pl.DataFrame:
    """A refund names its payment, or lists it."""
    first = reading.frames[PAYMENTS].group_by("_row", maintain_order=True).agg(listed=pl.col("id").first())
    joined = moved.join(first, on="_row", how="left", maintain_order="left")
    out = pl.col("type") == "refund"
    disputed = out & (pl.col("payment_method") == "chargeback")
    paid_by = pl.coalesce("refunded_txn_id", "reference_transaction_id", "listed")
    return joined.select(
        "_row",
        "object_id",
        "source_sequence",
        "operation",
        part=pl.format("cash/{}", "object_id"),
        effective_at="made_at",
        direction=pl.when(out).then(pl.lit("out")).otherwise(pl.lit("in")),
        kind=pl.when(disputed).then(pl.lit("dispute")).otherwise("type"),
        status="state",
        amount=money("amount"),
        currency="currency_code",
        method="payment_method",
        customer_id=reading.object_id("customer_id"),
        payment_id=pl.when(out).then(reading.object_id(paid_by)),
        reason=pl.when(pl.col("state") == "failed").then(pl.coalesce("error_code", "error_text", "status")),
    )


def _reversed(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """What a reversal says of the payment."""
    back = rows.filter(
        (pl.col("type") == "payment_reversal")
        & (pl.col("state") == "succeeded")
        & pl.col("reference_transaction_id").is_not_null()
    )
    return back.select(
        "_row",
        "source_sequence",
        part=pl.format("cash/{}", "object_id"),
        object_id=reading.object_id("reference_transaction_id"),
        effective_at="made_at",
        direction=pl.lit("in"),
        kind=pl.lit("payment"),
        status=pl.lit("failed"),
        amount=money("amount"),
        currency="currency_code",
        customer_id=reading.object_id("customer_id"),
        reason=pl.lit("payment_reversal"),
    )


def _settled(reading: Reading, moved: pl.DataFrame) -> pl.DataFrame:
    reading.require(INVOICES, "invoice_id", "applied_amount")
    paid = moved.filter((pl.col("type") == "payment") & (pl.col("state") == "succeeded"))
    state = paid.select("_row", "currency_code", "event_at", txn="id")
    told = (
        reading.frames[INVOICES]
        .join(state, on="_row", maintain_order="left")
        .with_columns(part=pl.format("cash_applications/{}/{}", "txn", "_n"))
    )
    return application(reading, told, pl.col("txn"), pl.col("invoice_id"))


def _at_gateway(moved: pl.DataFrame) -> pl.DataFrame:
    """The payment as the gateway calls it, such as a charge of Stripe."""
    known = moved.filter(pl.col("id_at_gateway").str.strip_chars() != "")
    return known.select(
        "_row",
        "object_id",
        part=pl.format("external_references/gateway/{}", "object_id"),
        effective_at="made_at",
        object_kind=pl.lit("cash"),
        relation=pl.lit("same_as"),
        reference_system=pl.when(pl.col("gateway") != "not_applicable").then("gateway"),
        reference_kind=pl.lit("object_id"),
        reference="id_at_gateway",
    )


TRANSACTION = Kind(
    "transaction",
    {
        "id": Leaf.ID,
        "customer_id": Leaf.ID,
        "type": Leaf.TEXT,
        "status": Leaf.TEXT,
        "date": Leaf.TIME,
        "amount": Leaf.MINOR,
        "currency_code": Leaf.CURRENCY,
        "payment_method": Leaf.TEXT,
        "gateway": Leaf.TEXT,
        "id_at_gateway": Leaf.TEXT,
        "reference_number": Leaf.TEXT,
        "error_code": Leaf.TEXT,
        "error_text": Leaf.TEXT,
        "refunded_txn_id": Leaf.ID,
        "reference_transaction_id": Leaf.ID,
        "deleted": Leaf.FLAG,
        "resource_version": Leaf.COUNT,
        "linked_invoices": [{"invoice_id": Leaf.ID, "applied_amount": Leaf.MINOR, "applied_at": Leaf.TIME}],
        "linked_payments": [{"id": Leaf.ID}],
    },
    transactions,
)
