"""Gold: what the rules of revenue make of the facts. Flat columns, stable names.

Month columns hold the first day of the month. Amounts are major units beside a currency.
"""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.types import Kind

S, M, R, T, D, I, B = Kind.STRING, Kind.MONEY, Kind.RATE, Kind.TIMESTAMP, Kind.DATE, Kind.INTEGER, Kind.BOOLEAN

FINANCE = "team:finance"
ANALYTICS = "team:analytics"

CONTRACTS = Table(
    layer=Layer.GOLD,
    name="contracts",
    description="Contracts as they stand: subscriptions, and one contract for each invoice that belongs to none.",
    owner=FINANCE,
    columns=(
        Column("contract_id", S, "Object id of the contract.", required=True),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("customer_id", S, "Object id of the customer."),
        Column("currency", S, "ISO 4217 code."),
        Column("status", S, "State, or invoiced for a contract known only by its invoice.", required=True),
        Column("basis", S, "Unit of account.", required=True, allowed=("invoice", "contract")),
        Column("start_at", T, "When it begins."),
        Column("end_at", T, "When it ended."),
        Column(
            "transaction_price", M, "Sum of its obligations' allocated amounts, less what was taken back.", required=True
        ),
        Column("source_row_key", S, "Silver row that decided its state.", required=True),
    ),
    key=("contract_id",),
)

OBLIGATIONS = Table(
    layer=Layer.GOLD,
    name="obligations",
    description="Performance obligations; on the invoice basis each line of a finalised invoice is one.",
    owner=FINANCE,
    columns=(
        Column("obligation_id", S, "Object id of the invoice line.", required=True),
        Column("contract_id", S, "Object id of the contract.", required=True),
        Column("document_id", S, "Object id of the invoice.", required=True),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("customer_id", S, "Object id of the customer."),
        Column("product_id", S, "Object id of the product."),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("allocated_amount", M, "Price allocated to it, tax excluded.", required=True),
        Column("returned_amount", M, "Taken back by refunds, credit notes, disputes, voids and write-offs.", required=True),
        Column("recognition_method", S, "How it is recognised.", required=True),
        Column("service_from", D, "First day of service.", required=True),
        Column("service_to", D, "First day after the service; equal to service_from for a point in time.", required=True),
        Column("booked_on", D, "Day on which the invoice was finalised.", required=True),
        Column("policy", S, "Policy that chose the method.", required=True),
        Column("source_row_key", S, "Silver row it comes from.", required=True),
    ),
    key=("obligation_id",),
)

RECOGNITION_SCHEDULE = Table(
    layer=Layer.GOLD,
    name="recognition_schedule",
    description="When each obligation's price becomes revenue, past and future, net of what was taken back.",
    owner=FINANCE,
    columns=(
        Column("obligation_id", S, "Obligation.", required=True),
        Column("contract_id", S, "Contract.", required=True),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("service_period", D, "Month in which it is earned.", required=True),
        Column("accounting_period", D, "Month in which it would post were all periods open.", required=True),
        Column("amount", M, "Net revenue of the month.", required=True),
        Column("deferred_after", M, "Still deferred at the end of the service month.", required=True),
    ),
    key=("obligation_id", "service_period", "accounting_period"),
    partition_by=("service_period",),
)

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
        Column("event_id", S, "The cash, credit note or document that made it happen; its object id.", required=True),
        Column("account", S, "Account.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("amount", M, "Debit positive, credit negative.", required=True),
        Column("service_period", D, "Month in which it was earned or happened.", required=True),
        Column("accounting_period", D, "Month in which it is posted.", required=True),
        Column(
            "is_correction",
            B,
            "Posted later than where it belongs, because the period was closed or already posted.",
            required=True,
        ),
        Column("rule_version", S, "Version of the rules that computed it.", required=True),
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
        Column("accounting_period", D, "Month.", required=True),
        Column("opening", M, "Balance at its start, debit positive.", required=True),
        Column("debit", M, "Sum of debits.", required=True),
        Column("credit", M, "Sum of credits, positive.", required=True),
        Column("closing", M, "Balance at its end, debit positive.", required=True),
    ),
    key=("book", "legal_entity_id", "account", "currency", "accounting_period"),
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

MRR_MOVEMENTS = Table(
    layer=Layer.GOLD,
    name="mrr_movements",
    description="Monthly recurring revenue by customer and month, and how it moved.",
    owner=ANALYTICS,
    columns=(
        Column("month", D, "Month.", required=True),
        Column("customer_id", S, "Object id of the customer.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("opening", M, "MRR at its start.", required=True),
        Column("new", M, "First MRR ever of the customer.", required=True),
        Column("reactivation", M, "MRR of a customer who had churned.", required=True),
        Column("expansion", M, "Growth of a customer who stays.", required=True),
        Column("contraction", M, "Loss of a customer who stays; negative.", required=True),
        Column("churn", M, "MRR of a customer who left; negative.", required=True),
        Column("closing", M, "MRR at its end.", required=True),
        Column("policy", S, "Definition of MRR that was used.", required=True),
    ),
    key=("month", "customer_id", "currency"),
    partition_by=("month",),
)

MRR_BY_MONTH = Table(
    layer=Layer.GOLD,
    name="mrr_by_month",
    description="Monthly recurring revenue of the company and how it moved.",
    owner=ANALYTICS,
    columns=(
        Column("month", D, "Month.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("opening", M, "MRR at its start.", required=True),
        Column("new", M, "From new customers.", required=True),
        Column("reactivation", M, "From returning customers.", required=True),
        Column("expansion", M, "Growth of those who stay.", required=True),
        Column("contraction", M, "Loss of those who stay; negative.", required=True),
        Column("churn", M, "Of those who left; negative.", required=True),
        Column("closing", M, "MRR at its end.", required=True),
        Column("customers", I, "Customers with MRR at its end.", required=True),
    ),
    key=("month", "currency"),
)

SALES_DAILY = Table(
    layer=Layer.GOLD,
    name="sales_daily",
    description="Sales by day, currency and product: what was invoiced and what was taken back.",
    owner=ANALYTICS,
    columns=(
        Column("day", D, "Day in the entity's time zone.", required=True),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("product_id", S, "Object id of the product; '-' where none.", required=True),
        Column("invoice_lines", I, "Lines of invoices finalised on the day.", required=True),
        Column("invoiced", M, "Net amount of those lines, tax excluded.", required=True),
        Column(
            "taken_back", M, "Net amount of refunds, credit notes, disputes and voids of the day; negative.", required=True
        ),
        Column("net_sales", M, "Invoiced plus taken back.", required=True),
    ),
    key=("day", "legal_entity_id", "currency", "product_id"),
)

LIVE_SALES = Table(
    layer=Layer.GOLD,
    name="live_sales",
    description=(
        "Sales, refunds and usage minute by minute, within seconds: what silver says at the moment, before any gate. "
        "For watching; the books are in the other tables."
    ),
    owner=ANALYTICS,
    columns=(
        Column("minute", T, "Start of the UTC minute.", required=True),
        Column("day", D, "UTC day of the minute; layout only.", required=True),
        Column("legal_entity_id", S, "Whose sales.", required=True),
        Column("currency", S, "ISO 4217 code; empty for usage whose source names none."),
        Column("product_id", S, "Object id of the product; '-' where none.", required=True),
        Column("meter", S, "What usage counts; '-' for sales and refunds.", required=True),
        Column("sales", M, "Net amount of lines of invoices issued in the minute, tax excluded.", required=True),
        Column("sale_lines", I, "How many lines.", required=True),
        Column("refunds", M, "Money given back in the minute.", required=True),
        Column("refund_count", I, "How many refunds.", required=True),
        Column("usage", R, "Quantity used in the minute, in the unit of the meter.", required=True),
        Column("usage_events", I, "How many events of usage, less those taken back.", required=True),
    ),
    key=("minute", "legal_entity_id", "currency", "product_id", "meter"),
    partition_by=("day",),
)

PENDING_FACTS = Table(
    layer=Layer.GOLD,
    name="pending_facts",
    description="Facts that wait: for one not yet seen, or for a conflict to be resolved. They count when it arrives.",
    owner=FINANCE,
    columns=(
        Column("table_name", S, "Silver table of the fact.", required=True),
        Column("row_key", S, "The fact.", required=True),
        Column("object_id", S, "What it is about.", required=True),
        Column("reason", S, "Why it waits.", required=True, allowed=("missing", "conflict")),
        Column("waits_for", S, "Object id of what is missing or in conflict.", required=True),
        Column("amount", M, "Amount that waits, where it is money."),
        Column("currency", S, "ISO 4217 code."),
    ),
    key=("table_name", "row_key"),
)

TABLES: tuple[Table, ...] = (
    CONTRACTS,
    OBLIGATIONS,
    RECOGNITION_SCHEDULE,
    JOURNAL,
    TRIAL_BALANCE,
    DEFERRED_ROLLFORWARD,
    REVENUE_BY_MONTH,
    MRR_MOVEMENTS,
    MRR_BY_MONTH,
    SALES_DAILY,
    LIVE_SALES,
    PENDING_FACTS,
)
