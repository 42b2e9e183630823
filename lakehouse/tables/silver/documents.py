"""Invoices and credit notes."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table, retractable_table
from lakehouse.types import Kind

S, M, R, T, I, B = Kind.STRING, Kind.MONEY, Kind.RATE, Kind.TIMESTAMP, Kind.INTEGER, Kind.BOOLEAN

DOCUMENTS = retractable_table(
    "documents",
    "Invoices, credit notes, and charges that wait for an invoice, as they stood after an event.",
    Column(
        "kind",
        S,
        "Kind of document; a pending item is a draft of one line until an invoice bills it, retracted if it is deleted.",
        required=True,
        allowed=("invoice", "credit_note", "pending_item"),
    ),
    Column(
        "status", S, "State at effective_at.", required=True, allowed=("draft", "open", "paid", "uncollectible", "void")
    ),
    Column("number", S, "Number printed on it."),
    Column("reason_code", S, "Why a credit note was issued."),
    Column("customer_id", S, "Object id of the customer."),
    Column("contract_id", S, "Object id of the contract it bills, where one."),
    Column("corrects_document_id", S, "Object id of the invoice that a credit note corrects."),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column("issued_at", T, "When it was finalised; for a pending item when it was made; empty for another draft."),
    Column("due_at", T, "When payment is due."),
    Column("unconditional_at", T, "When the right to payment became unconditional."),
    Column("paid_at", T, "When it was paid in full."),
    Column("voided_at", T, "When it was voided."),
    Column("uncollectible_at", T, "When it was given up as uncollectible."),
    Column("subtotal", M, "Sum of lines before tax and after discounts."),
    Column("tax", M, "Tax on top of the subtotal."),
    Column("total", M, "What the customer owes by it, tax included.", required=True),
    Column("amount_paid", M, "Paid so far."),
    Column("amount_remaining", M, "Still unpaid."),
    Column("paid_out_of_band", B, "Paid outside the payment system."),
)

DOCUMENT_LINES = fact_table(
    "document_lines",
    "Lines of a document; those in force are of the document's latest event.",
    Column("document_id", S, "Object id of the document.", required=True),
    Column("line_number", I, "Position within the document, from 1.", required=True),
    Column("contract_id", S, "Object id of the contract."),
    Column("contract_line_id", S, "Object id of the contract line."),
    Column("product_id", S, "Object id of the product."),
    Column("price_id", S, "Object id of the price."),
    Column("description", S, "Text on the line."),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column("quantity", R, "How many."),
    Column("amount", M, "Net amount: after discounts, tax excluded. Negative for a credit.", required=True),
    Column("discount", M, "Discount already taken off the amount."),
    Column("tax", M, "Tax on the line, on top of the amount."),
    Column("service_from", T, "Start of the service it bills; empty for a point in time."),
    Column("service_to", T, "End of the service, exclusive; empty for a point in time."),
    Column("proration", B, "Whether a change in mid-period caused it."),
)

DOCUMENT_EVENTS = fact_table(
    "document_events",
    "Changes of a document's state.",
    Column("document_id", S, "Object id of the document.", required=True),
    Column("kind", S, "What happened.", required=True, allowed=("finalised", "voided", "uncollectible", "excluded")),
    Column("reason", S, "Why."),
)
