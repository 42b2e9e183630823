"""Invoices: documents with their lines, which payment settles them, and which credit was applied to them."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS, DOCUMENT_EVENTS, DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.chargebee.lines import DOCUMENT, LINES, document_lines, document_tax
from pipelines.systems.chargebee.reading import money, with_state
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import reference
from pipelines.systems.shape import Leaf

PAYMENTS, CREDITS = "linked_payments", "applied_credits"

# A pending invoice still gathers charges. One that is not paid is past all tries to collect it, and owed.
STATUSES = {
    "pending": "draft",
    "posted": "open",
    "payment_due": "open",
    "not_paid": "open",
    "paid": "paid",
    "voided": "void",
}


def invoices(reading: Reading) -> list[Fact]:
    """An invoice's number is its id. What was written off is a credit note of that reason.

    https://apidocs.chargebee.com/docs/api/invoices
    """
    reading.require("", "id", "status", "currency_code", "total")
    reading.allow("", "status", STATUSES)
    rows = with_state(reading).with_columns(
        state=pl.col("status").replace_strict(STATUSES, default=None, return_dtype=pl.String),
        all_tax=document_tax(reading),
    )
    final = rows.filter(pl.col("state") != "draft")
    bare = final.join(reading.frames[LINES], on="_row", how="anti").filter(pl.col("total") != 0)
    reading.faults.add_rows(bare.get_column("_row"), Code.MISSING_FIELD, reading.kind.path("", LINES))
    cut = pl.col("line_items_next_offset").is_not_null()
    reading.refuse("", "line_items_next_offset", cut, Code.INCOMPLETE_LIST)
    return [
        Fact(DOCUMENTS, _documents(reading, rows)),
        Fact(DOCUMENT_LINES, document_lines(reading, final)),
        Fact(DOCUMENT_EVENTS, _changes(final)),
        Fact(CASH_APPLICATIONS, _paid(reading, final)),
        Fact(CASH, _credited(reading, final)),
        reference(rows, "document", "same_as", "invoice_number", "id"),
        reference(rows, "document", "names", "purchase_order_number", "po_number"),
    ]


def _documents(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    state, final = pl.col("state"), pl.col("state") != "draft"
    return rows.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        "operation",
        part=pl.format("documents/{}", "object_id"),
        kind=pl.lit("invoice"),
        status=state,
        number="id",
        customer_id=reading.object_id("customer_id"),
        contract_id=reading.object_id("subscription_id"),
        currency="currency_code",
        issued_at=pl.when(final).then(pl.coalesce("date", "event_at")),
        due_at="due_date",
        paid_at="paid_at",
        voided_at=pl.when(state == "void").then(pl.coalesce("voided_at", "event_at")),
        subtotal=money(pl.col("total") - pl.col("all_tax")),
        tax=money("all_tax"),
        total=money("total"),
        amount_paid=money("amount_paid"),
        amount_remaining=money("amount_due"),
    )


def _changes(final: pl.DataFrame) -> pl.DataFrame:
    return final.filter(pl.col("event_type") == "invoice_generated").select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        part=pl.format("document_events/{}", "object_id"),
        document_id="object_id",
        kind=pl.lit("finalised"),
    )


def application(reading: Reading, rows: pl.DataFrame, cash: pl.Expr, document: pl.Expr) -> pl.DataFrame:
    """One pair of payment and invoice, which both of them tell; `rows` has `part`, currency_code and applied_amount."""
    return rows.select(
        "_row",
        "part",
        object_id=pl.concat_str(reading.object_id(cash), pl.lit(":"), document),
        effective_at=pl.coalesce("applied_at", "event_at"),
        cash_id=reading.object_id(cash),
        document_id=reading.object_id(document),
        amount=money("applied_amount"),
        currency="currency_code",
    )


def _paid(reading: Reading, final: pl.DataFrame) -> pl.DataFrame:
    reading.require(PAYMENTS, "txn_id", "applied_amount")
    state = final.select("_row", "currency_code", "event_at", document="id")
    paid = reading.frames[PAYMENTS].filter(pl.col("txn_status") == "success").join(state, on="_row", maintain_order="left")
    told = paid.with_columns(part=pl.format("cash_applications/{}/{}", "document", "_n"))
    return application(reading, told, pl.col("txn_id"), pl.col("document"))


def _credited(reading: Reading, final: pl.DataFrame) -> pl.DataFrame:
    """The customer's credit that settled a part: each refundable credit note that was applied. A void gives it back."""
    reading.require(CREDITS, "cn_id", "applied_amount")
    state = final.select(
        "_row", "currency_code", "customer_id", "state", "source_sequence", "event_at", document_id="object_id"
    )
    applied = reading.frames[CREDITS].join(state, on="_row", maintain_order="left").filter(pl.col("applied_amount") != 0)
    void = pl.col("state") == "void"
    return applied.select(
        "_row",
        "document_id",
        "source_sequence",
        part=pl.format("cash/{}/{}", "document_id", "_n"),
        object_id=pl.concat_str("document_id", pl.lit(":credit:"), "cn_id"),
        effective_at=pl.coalesce("applied_at", "event_at"),
        direction=pl.lit("in"),
        kind=pl.lit("customer_balance"),
        status=pl.when(void).then(pl.lit("canceled")).otherwise(pl.lit("succeeded")),
        amount=money("applied_amount"),
        currency="currency_code",
        customer_id=reading.object_id("customer_id"),
    )


INVOICE = Kind(
    "invoice",
    {
        **DOCUMENT,
        "due_date": Leaf.TIME,
        "paid_at": Leaf.TIME,
        "po_number": Leaf.TEXT,
        "amount_paid": Leaf.MINOR,
        "amount_due": Leaf.MINOR,
        "line_items_next_offset": Leaf.TEXT,
        "linked_payments": [
            {"txn_id": Leaf.ID, "applied_amount": Leaf.MINOR, "applied_at": Leaf.TIME, "txn_status": Leaf.TEXT}
        ],
        "applied_credits": [{"cn_id": Leaf.ID, "applied_amount": Leaf.MINOR, "applied_at": Leaf.TIME}],
    },
    invoices,
)
