"""The journal and the balances over it."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import FINANCE
from lakehouse.types import Kind

S, M, T, D, B = Kind.STRING, Kind.MONEY, Kind.TIMESTAMP, Kind.DATE, Kind.BOOLEAN

EVENT_KINDS = (
    "invoice",
    "recognition",
    "payment",
    "refund",
    "credit_note",
    "dispute",
    "dispute_reversal",
    "void",
    "uncollectible",
    "recovery",
    "contract_position",
    "expected_return",
    "financing",
    "exclusion",
    "fee",
    "tax_remitted",
    "settlement",
    "remeasurement",
    "manual",
    "opening",
    "contract_cost",
    "item_deleted",
    "return",
)

JOURNAL = Table(
    layer=Layer.GOLD,
    name="journal",
    description="Double-entry journal of revenue, append-only; what it holds is never changed, only added to.",
    owner=FINANCE,
    columns=(
        Column("line_id", S, "Identity of the line.", required=True),
        Column("entry_id", S, "Entry it belongs to; the lines of an entry sum to zero.", required=True),
        Column("book", S, "Which book.", required=True),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("contract_id", S, "Contract; '-' for cash that belongs to none.", required=True),
        Column("obligation_id", S, "Obligation; '-' for a leg that belongs to no single one.", required=True),
        Column("document_id", S, "Invoice; '-' where none.", required=True),
        Column("customer_id", S, "Customer."),
        Column("event_kind", S, "What happened.", required=True, allowed=EVENT_KINDS),
        Column(
            "event_id",
            S,
            "The cash, document, cost, contract, contract line or manual entry that made it happen; its object id.",
            required=True,
        ),
        Column("account", S, "Account.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("amount", M, "Debit positive, credit negative.", required=True),
        Column(
            "functional_currency",
            S,
            "ISO 4217 code of the entity's functional currency; that of the line where none is known.",
            required=True,
        ),
        Column("functional_amount", M, "The amount in the functional currency.", required=True),
        Column(
            "posted_on", D, "Day on which it is posted: the event's, or the last of a period for time alone.", required=True
        ),
        Column("service_period", D, "First day of the period in which it was earned or happened.", required=True),
        Column("accounting_period", D, "First day of the period in which it is posted.", required=True),
        Column(
            "is_correction",
            B,
            "Posted later than where it belongs, because the period was closed or already posted.",
            required=True,
        ),
        Column("corrects_entry_id", S, "The last entry of the same event and service period, which this one corrects."),
        Column(
            "policies", S, "Policies of the ledger that were not the default, as name=value, ';' between.", required=True
        ),
        Column("rule_version", S, "Digest of the rules that computed it.", required=True),
        Column("booked_at", T, "When it was appended.", required=True),
    ),
    key=("line_id",),
    partition_by=("accounting_period",),
    append_only=True,
)

TRIAL_BALANCE = Table(
    layer=Layer.GOLD,
    name="trial_balance",
    description="Opening, movement and closing of every account by accounting period.",
    owner=FINANCE,
    columns=(
        Column("book", S, "Which book.", required=True),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("account", S, "Account.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("functional_currency", S, "ISO 4217 code of the functional currency.", required=True),
        Column("accounting_period", D, "First day of the period.", required=True),
        Column("opening", M, "Balance at its start, debit positive.", required=True),
        Column("debit", M, "Sum of debits.", required=True),
        Column("credit", M, "Sum of credits, positive.", required=True),
        Column("closing", M, "Balance at its end, debit positive.", required=True),
        Column("functional_closing", M, "The same in the functional currency.", required=True),
    ),
    key=("book", "legal_entity_id", "account", "currency", "functional_currency", "accounting_period"),
)

DEFERRED_ROLLFORWARD = Table(
    layer=Layer.GOLD,
    name="deferred_rollforward",
    description="Deferred revenue by month: opening, what was billed, what was earned, what was taken back, closing.",
    owner=FINANCE,
    columns=(
        Column("book", S, "Which book.", required=True),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("accounting_period", D, "Month.", required=True),
        Column("opening", M, "Deferred at its start.", required=True),
        Column("billed", M, "Added by finalised invoices.", required=True),
        Column("recognised", M, "Released to revenue; negative.", required=True),
        Column("refunded", M, "Released by refunds; negative.", required=True),
        Column("credited", M, "Released by credit notes; negative.", required=True),
        Column("disputed", M, "Released by disputes; negative.", required=True),
        Column("voided", M, "Released by voids; negative.", required=True),
        Column("written_off", M, "Released by invoices given up as uncollectible; negative.", required=True),
        Column("excluded", M, "Released by invoices that were excluded; negative.", required=True),
        Column("manual", M, "Moved by manual entries.", required=True),
        Column("taken_over", M, "Taken over at a cut-over.", required=True),
        Column("closing", M, "Deferred at its end.", required=True),
    ),
    key=("book", "legal_entity_id", "currency", "accounting_period"),
)

REVENUE_BY_MONTH = Table(
    layer=Layer.GOLD,
    name="revenue_by_month",
    description="Recognised revenue by accounting month: gross, what was taken back, net.",
    owner=FINANCE,
    columns=(
        Column("book", S, "Which book.", required=True),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("accounting_period", D, "Month.", required=True),
        Column("gross_revenue", M, "Credited to revenue.", required=True),
        Column("contra_revenue", M, "Refunds, credit notes, disputes, voids and bad debt; negative.", required=True),
        Column("net_revenue", M, "Gross plus contra.", required=True),
    ),
    key=("book", "legal_entity_id", "currency", "accounting_period"),
)
