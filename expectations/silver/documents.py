"""Invoices and credit notes: a document adds up, and says when it did what it says it did."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, remedied, warns, zero
from expectations.silver.source_events import SAME_EVENT
from expectations.suite import Context, Read, silver_suite
from lakehouse.tables import silver

INVOICE = pl.col("kind") == "invoice"
CREDIT_NOTE = pl.col("kind") == "credit_note"
ISSUED = ~pl.col("status").is_in(["draft"])

DOCUMENT = ["source", "source_event_id", "document_id"]


def with_lines(documents: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each document with what its lines of the same event sum to: `lines_net`, `lines_tax`, `lines_currencies`.

    Empty where no line came with it: a source that tells every line in an event of its own is judged in gold.
    """
    lines = (
        context[silver.DOCUMENT_LINES.qualified_name]
        .group_by(DOCUMENT)
        .agg(
            lines_net=pl.col("amount").sum(),
            lines_tax=pl.col("tax").sum(),
            lines_currencies=pl.col("currency").unique().sort().str.join(","),
        )
    )
    return documents.join(
        lines,
        left_on=["source", "source_event_id", "object_id"],
        right_on=DOCUMENT,
        how="left",
        maintain_order="left",
    ).with_columns(tax_of_all=pl.coalesce("tax", "lines_tax", pl.lit(0)))


SUITE = silver_suite(
    silver.DOCUMENTS,
    remedied(
        zero(
            "lines_and_tax_sum_to_total",
            "The lines of an invoice and its tax sum to its total.",
            pl.when(INVOICE & ISSUED).then(pl.col("lines_net") + pl.col("tax_of_all") - pl.col("total")),
            shows=("object_id", "total", "lines_net", "tax_of_all"),
        ),
        "Fetch the invoice with all its lines from the source and ingest it as a new event; this row stays out.",
    ),
    zero(
        "subtotal_and_tax_sum_to_total",
        "The subtotal of a document and its tax sum to its total.",
        pl.when(ISSUED).then(pl.col("subtotal") + pl.col("tax") - pl.col("total")),
        shows=("object_id", "subtotal", "tax", "total"),
    ),
    holds(
        "lines_in_currency_of_document",
        "The lines of a document are in its currency.",
        pl.col("lines_currencies") == pl.col("currency"),
        shows=("object_id", "currency", "lines_currencies"),
    ),
    holds(
        "issued_document_has_date",
        "A document that is no draft says when it was issued.",
        ~ISSUED | pl.col("issued_at").is_not_null(),
        shows=("object_id", "status"),
    ),
    holds(
        "void_invoice_has_date",
        "A void invoice says when it was voided.",
        ~(INVOICE & (pl.col("status") == "void")) | pl.col("voided_at").is_not_null(),
        shows=("object_id", "status"),
    ),
    holds(
        "uncollectible_invoice_has_date",
        "An invoice given up as uncollectible says when.",
        ~(INVOICE & (pl.col("status") == "uncollectible")) | pl.col("uncollectible_at").is_not_null(),
        shows=("object_id", "status"),
    ),
    holds(
        "end_not_before_issue",
        "An invoice is voided or given up no earlier than it was issued.",
        pl.min_horizontal("voided_at", "uncollectible_at") >= pl.col("issued_at"),
        shows=("object_id", "issued_at", "voided_at", "uncollectible_at"),
    ),
    # In accounting systems a credit may stand on its own account until it is applied, to one invoice or to several.
    warns(
        holds(
            "credit_note_names_invoice",
            "A credit note names the invoice that it corrects.",
            ~CREDIT_NOTE | pl.col("corrects_document_id").is_not_null(),
            shows=("object_id",),
        )
    ),
    holds(
        "credit_note_not_negative",
        "A credit note gives back nothing or more, and no more in cash than its total.",
        ~CREDIT_NOTE
        | ((pl.col("total") >= 0) & (pl.col("amount_paid").fill_null(0) >= 0))
        & (pl.col("amount_paid").fill_null(0) <= pl.col("total")),
        shows=("object_id", "total", "amount_paid"),
    ),
    # Without a reason that a rule or a policy knows it is taken in proportion: assets/recognition/credit_notes.py.
    warns(
        holds(
            "credit_note_says_why",
            "A credit note gives the reason on which its treatment depends.",
            ~CREDIT_NOTE | (pl.col("reason_code").fill_null("").str.strip_chars() != ""),
            shows=("object_id", "reason_code"),
        )
    ),
    warns(
        holds(
            "paid_invoice_has_nothing_open",
            "A paid invoice has nothing left to pay.",
            ~(INVOICE & (pl.col("status") == "paid")) | (pl.col("amount_remaining") == 0),
            shows=("object_id", "amount_remaining"),
        )
    ),
    prepare=with_lines,
    reads=(
        Read(
            silver.DOCUMENT_LINES,
            ("source", "source_event_id", "document_id", "currency", "amount", "tax"),
            on=SAME_EVENT,
            settles=True,
        ),
    ),
)
