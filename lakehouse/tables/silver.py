"""Silver: typed facts as the sources told them, one table a kind, append-only.

An update is a new row, never an overwrite. Every fact carries the same first columns (`FACT_COLUMNS`).
The state of an object is its assertion that is latest by (effective_at, source_sequence, known_at, row_key).
"""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.types import Kind

S, M, R, T, D, I, B = Kind.STRING, Kind.MONEY, Kind.RATE, Kind.TIMESTAMP, Kind.DATE, Kind.INTEGER, Kind.BOOLEAN

OWNER = "team:data-platform"

FACT_COLUMNS: tuple[Column, ...] = (
    Column("row_key", S, "Identity of the row: source, event id and part, joined by '|'.", required=True),
    Column("source", S, "System that told it, such as stripe or native.", required=True),
    Column("source_event_id", S, "The system's own id of the event.", required=True),
    Column("source_sequence", I, "The system's own order of events, where it gives one."),
    Column(
        "channel",
        S,
        "How it came to us.",
        required=True,
        allowed=("webhook", "kafka", "file", "replay", "manual"),
    ),
    Column("legal_entity_id", S, "Whose books.", required=True),
    Column("object_id", S, "What the fact is about: its key within the source, prefixed by the source.", required=True),
    Column("effective_at", T, "When it holds in business.", required=True),
    Column("known_at", T, "When the source recorded it; only views 'as known at' read it.", required=True),
    Column("ingested_at", T, "When it reached us; no rule ever reads it.", required=True),
    Column("operation", S, "Assert or retract.", required=True, allowed=("assert", "retract")),
    Column("content_hash", S, "Hash of the normalised content of the whole event.", required=True),
    Column("event_month", D, "First day of the UTC month of the source's timestamp; layout only.", required=True),
)


def _fact(name: str, description: str, *columns: Column) -> Table:
    return Table(
        layer=Layer.SILVER,
        name=name,
        description=description,
        owner=OWNER,
        columns=FACT_COLUMNS + columns,
        key=("row_key",),
        partition_by=("event_month",),
        content_hash="content_hash",
    )


SOURCE_EVENTS = _fact(
    "source_events",
    "Register of every event once: what it was and whether it carries revenue facts.",
    Column("event_type", S, "The source's type of the event.", required=True),
    Column(
        "disposition", S, "Mapped to facts, or of a type that carries none.", required=True, allowed=("mapped", "unmapped")
    ),
    Column("fact_count", I, "How many rows it yields in the other silver tables.", required=True),
    Column("api_version", S, "Version of the source's interface that shaped it."),
)

LEGAL_ENTITIES = _fact(
    "legal_entities",
    "Companies whose books are kept.",
    Column("name", S, "Name of the company.", required=True),
    Column("functional_currency", S, "ISO 4217 code of its functional currency.", required=True),
    Column("time_zone", S, "IANA time zone that decides the accounting day.", required=True),
    Column("fiscal_calendar", S, "Calendar of accounting periods.", required=True, allowed=("month",)),
    Column("books", S, "Books kept, comma-separated, such as us_gaap,ifrs."),
)

CUSTOMERS = _fact(
    "customers",
    "Whom we sell to.",
    Column("name", S, "Name as the source has it."),
    Column("email", S, "E-mail address as the source has it."),
    Column("segment", S, "Market segment."),
    Column("parent_id", S, "Object id of the parent customer."),
    Column("country", S, "ISO 3166 country code."),
    Column("terms", S, "Payment terms."),
    Column("currency", S, "ISO 4217 code of the currency it is billed in."),
)

PRODUCTS = _fact(
    "products",
    "What we sell.",
    Column("name", S, "Name of the product."),
    Column("category", S, "Category of the product."),
    Column("unit", S, "Unit it is sold in."),
    Column("unit_cost", R, "Cost of one unit in major units of cost_currency."),
    Column("cost_currency", S, "ISO 4217 code of the cost."),
    Column("revenue_account", S, "Account its revenue goes to, where not the default."),
    Column("promise_kind", S, "Default kind of promise."),
    Column("recognition_method", S, "Default recognition method, where not the policy's."),
    Column("active", B, "Whether it can be sold."),
)

PRICES = _fact(
    "prices",
    "What a product costs.",
    Column("product_id", S, "Object id of the product."),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column(
        "purpose", S, "List, standalone selling or competitor price.", required=True, allowed=("list", "ssp", "competitor")
    ),
    Column("pricing_model", S, "Per unit, tiered (graduated, volume) or metered."),
    Column("unit_amount", R, "Price of one unit in major units."),
    Column("billing_interval", S, "Length of a billing period.", allowed=("day", "week", "month", "year")),
    Column("billing_interval_count", I, "How many intervals a billing period has."),
    Column("low", R, "Lower end of the range, where there is one."),
    Column("high", R, "Upper end of the range, where there is one."),
    Column("valid_from", T, "First moment at which it holds."),
    Column("valid_to", T, "First moment at which it no longer holds."),
    Column("active", B, "Whether it can be sold."),
)

CONTRACT_STATUSES = (
    "draft",
    "trialing",
    "active",
    "past_due",
    "unpaid",
    "paused",
    "incomplete",
    "incomplete_expired",
    "canceled",
)

CONTRACTS = _fact(
    "contracts",
    "Agreements with a customer: subscriptions, orders, usage agreements.",
    Column("customer_id", S, "Object id of the customer."),
    Column("status", S, "State at effective_at.", required=True, allowed=CONTRACT_STATUSES),
    Column("version", I, "Version of the agreement, where the source counts them."),
    Column("contract_group", S, "Contracts of one group are combined."),
    Column("currency", S, "ISO 4217 code."),
    Column("approved_at", T, "When both sides were bound."),
    Column("start_at", T, "When it begins."),
    Column("end_at", T, "When it ended or will end; empty while open."),
    Column("enforceable_until", T, "End of the term that both sides can enforce."),
    Column("termination_right", S, "Who may end it early."),
    Column("renewal_terms", S, "How it renews."),
    Column("trial_start", T, "Start of a free trial."),
    Column("trial_end", T, "End of a free trial."),
    Column("cancel_at", T, "When a cancellation already asked for takes effect."),
)

CONTRACT_LINES = _fact(
    "contract_lines",
    "What a contract promises; the lines in force are those of the contract's latest event.",
    Column("contract_id", S, "Object id of the contract.", required=True),
    Column("product_id", S, "Object id of the product."),
    Column("price_id", S, "Object id of the price."),
    Column("promise_kind", S, "Good, service, series, option, warranty, licence ..."),
    Column("quantity", R, "How many."),
    Column("unit_price", R, "Price of one in major units, for one billing period."),
    Column("currency", S, "ISO 4217 code."),
    Column("billing_interval", S, "Length of a billing period.", allowed=("day", "week", "month", "year")),
    Column("billing_interval_count", I, "How many intervals a billing period has."),
    Column("usage_type", S, "Licensed (known in advance) or metered.", allowed=("licensed", "metered")),
    Column("service_from", T, "Start of the current service period."),
    Column("service_to", T, "End of the current service period, exclusive."),
    Column("distinct", B, "Whether the promise is distinct."),
    Column("principal", B, "Whether we are principal (gross) or agent (net)."),
    Column("ssp", R, "Standalone selling price, where agreed."),
    Column("billing_method", S, "In advance or in arrears."),
    Column("recognition_method", S, "Recognition method, where agreed for the line."),
)

CONTRACT_EVENTS = _fact(
    "contract_events",
    "Changes of a contract's state.",
    Column("contract_id", S, "Object id of the contract.", required=True),
    Column("state_from", S, "State before, where known."),
    Column("state_to", S, "State after.", required=True),
    Column("actor", S, "Who did it."),
    Column("reason", S, "Why."),
)

DOCUMENTS = _fact(
    "documents",
    "Invoices and credit notes as they stood after an event.",
    Column("kind", S, "Kind of document.", required=True, allowed=("invoice", "credit_note")),
    Column(
        "status", S, "State at effective_at.", required=True, allowed=("draft", "open", "paid", "uncollectible", "void")
    ),
    Column("number", S, "Number printed on it."),
    Column("reason_code", S, "Why a credit note was issued."),
    Column("customer_id", S, "Object id of the customer."),
    Column("contract_id", S, "Object id of the contract it bills, where one."),
    Column("corrects_document_id", S, "Object id of the invoice that a credit note corrects."),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column("issued_at", T, "When it was finalised; empty for a draft."),
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

DOCUMENT_LINES = _fact(
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

DOCUMENT_EVENTS = _fact(
    "document_events",
    "Changes of a document's state.",
    Column("document_id", S, "Object id of the document.", required=True),
    Column("kind", S, "What happened.", required=True, allowed=("finalised", "voided", "uncollectible", "excluded")),
    Column("reason", S, "Why."),
)

CASH_KINDS = ("payment", "refund", "dispute", "dispute_reversal", "fee", "payout")

CASH = _fact(
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

CASH_APPLICATIONS = _fact(
    "cash_applications",
    "Which cash settles which document.",
    Column("cash_id", S, "Object id of the payment or of its group.", required=True),
    Column("document_id", S, "Object id of the document.", required=True),
    Column("amount", M, "How much of it.", required=True),
    Column("currency", S, "ISO 4217 code.", required=True),
)

USAGE = _fact(
    "usage",
    "What customers used, as it was metered; each event once, never a running total.",
    Column("meter", S, "What is counted, such as api_calls.", required=True),
    Column("quantity", R, "How much of it; negative where an earlier count is corrected.", required=True),
    Column("unit", S, "Unit of the quantity."),
    Column("customer_id", S, "Object id of the customer."),
    Column("contract_id", S, "Object id of the contract."),
    Column("contract_line_id", S, "Object id of the contract line."),
    Column("product_id", S, "Object id of the product."),
    Column("currency", S, "ISO 4217 code of the price it is billed at, where the source says."),
    Column("dimensions", S, "What else the source says of it, such as a region, as JSON."),
)

ESTIMATES = _fact(
    "estimates",
    "Estimates with their author: variable consideration, returns, breakage, total cost, rates.",
    Column("scope", S, "Line, contract or portfolio it is about.", required=True),
    Column("kind", S, "What is estimated.", required=True),
    Column("value", R, "The value."),
    Column("currency", S, "ISO 4217 code, where the value is money."),
    Column("scenarios", S, "Scenarios with probabilities, as JSON."),
    Column("constrained_value", R, "The value after the constraint."),
    Column("book", S, "Book it holds for; empty for all."),
    Column("author", S, "Who made it.", required=True),
)

JUDGEMENTS = _fact(
    "judgements",
    "Decisions that a rule cannot take, with reason and approver.",
    Column("scope", S, "What it is about.", required=True),
    Column("decision", S, "Kind of decision: distinct, modification treatment, constraint, collectability.", required=True),
    Column("value", S, "What was decided.", required=True),
    Column("reason", S, "Why.", required=True),
    Column("author", S, "Who decided.", required=True),
    Column("approver", S, "Who approved."),
)

POLICIES = _fact(
    "policies",
    "Choices among the treatments the standards allow.",
    Column("scope", S, "What it governs: '*', or an entity, product or contract.", required=True),
    Column("name", S, "Name of the policy, such as recognition_method.", required=True),
    Column("value", S, "The choice.", required=True),
    Column("effective_from", T, "From when it holds.", required=True),
    Column(
        "adoption",
        S,
        "Which contracts it reaches.",
        required=True,
        allowed=("new_contracts", "prospective", "cumulative_catch_up"),
    ),
    Column("approver", S, "Who approved."),
)

TABLES: tuple[Table, ...] = (
    SOURCE_EVENTS,
    LEGAL_ENTITIES,
    CUSTOMERS,
    PRODUCTS,
    PRICES,
    CONTRACTS,
    CONTRACT_LINES,
    CONTRACT_EVENTS,
    DOCUMENTS,
    DOCUMENT_LINES,
    DOCUMENT_EVENTS,
    CASH,
    CASH_APPLICATIONS,
    USAGE,
    ESTIMATES,
    JUDGEMENTS,
    POLICIES,
)
