"""Credit notes: an adjustment lowers what is open of an invoice, a refundable one is refunded or applied to other invoices.

What was refunded in cash is a transaction of its own, and only the rest is taken back by the note: nothing counts twice.
https://apidocs.chargebee.com/docs/api/credit_notes
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import DOCUMENT_LINES, DOCUMENTS
from pipelines.systems.chargebee.lines import DOCUMENT, document_lines, document_tax
from pipelines.systems.chargebee.reading import money, with_state
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import reference
from pipelines.systems.shape import Leaf

STATUSES = ("adjusted", "refunded", "refund_due", "voided")


def credit_notes(reading: Reading) -> list[Fact]:
    """credit_note_created, credit_note_updated, credit_note_deleted; lines are positive, like the total."""
    reading.require("", "id", "status", "currency_code", "total")
    reading.allow("", "status", STATUSES)
    reading.refuse("", "total", pl.col("total") < 0)
    rows = with_state(reading).with_columns(all_tax=document_tax(reading), refunded=pl.col("amount_refunded").fill_null(0))
    void = pl.col("status") == "voided"
    return [
        Fact(
            DOCUMENTS,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                "source_sequence",
                "operation",
                part=pl.format("documents/{}", "object_id"),
                kind=pl.lit("credit_note"),
                status=pl.when(void).then(pl.lit("void")).otherwise(pl.lit("paid")),
                number="id",
                reason_code=pl.coalesce("reason_code", "create_reason_code"),
                customer_id=reading.object_id("customer_id"),
                contract_id=reading.object_id("subscription_id"),
                corrects_document_id=reading.object_id("reference_invoice_id"),
                currency="currency_code",
                issued_at=pl.coalesce("date", "event_at"),
                voided_at=pl.when(void).then(pl.coalesce("voided_at", "event_at")),
                subtotal=money(pl.col("total") - pl.col("all_tax")),
                tax=money("all_tax"),
                total=money("total"),
                amount_paid=money("refunded"),
                amount_remaining=money(pl.col("total") - pl.col("refunded")),
            ),
        ),
        Fact(DOCUMENT_LINES, document_lines(reading, rows)),
        reference(rows, "document", "same_as", "credit_note_number", "id"),
    ]


CREDIT_NOTE = Kind(
    "credit_note",
    {
        **DOCUMENT,
        "reference_invoice_id": Leaf.ID,
        "reason_code": Leaf.TEXT,
        "create_reason_code": Leaf.TEXT,
        "amount_refunded": Leaf.MINOR,
    },
    credit_notes,
)
