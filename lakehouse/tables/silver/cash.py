"""Money in and out, and what it settles."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table
from lakehouse.types import Kind

S, M = Kind.STRING, Kind.MONEY

CASH_KINDS = (
    *("payment", "refund", "dispute", "dispute_reversal", "fee", "payout"),
    # What a merchant of record or a marketplace kept of a payment to remit it as tax; in where it gave it back.
    "tax_remitted",
    # No money: a document settled with the customer's credit balance (in), or taken over by it (out).
    "customer_balance",
)

CASH = fact_table(
    "cash",
    "Money in and out.",
    Column("direction", S, "In or out, seen from us.", required=True, allowed=("in", "out")),
    Column("kind", S, "What for.", required=True, allowed=CASH_KINDS),
    Column("status", S, "Whether money moved.", required=True, allowed=("succeeded", "pending", "failed", "canceled")),
    Column("amount", M, "Amount in major units, never negative.", required=True),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column("amount_refunded", M, "For a payment: refunded so far, as the source says."),
    Column("settlement_amount", M, "Amount as it reached the bank."),
    Column("settlement_currency", S, "ISO 4217 code of the settlement."),
    Column("method", S, "Card, bank transfer ..."),
    Column("customer_id", S, "Object id of the customer."),
    Column("document_id", S, "Object id of the invoice it settles, where the event says so."),
    Column("payment_id", S, "For a refund or dispute: object id of the payment it takes back."),
    Column("payment_group_id", S, "Object id that groups tries of one payment (a payment intent)."),
    Column("reason", S, "Why: failure, refund or dispute reason."),
)

CASH_APPLICATIONS = fact_table(
    "cash_applications",
    "Which cash settles which document.",
    Column("cash_id", S, "Object id of the payment or of its group.", required=True),
    Column("document_id", S, "Object id of the document.", required=True),
    Column("amount", M, "How much of it.", required=True),
    Column("currency", S, "ISO 4217 code.", required=True),
)
