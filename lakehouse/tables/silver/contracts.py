"""Agreements with a customer, what they promise and how they change."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table, state_table
from lakehouse.types import Kind

S, R, T, I, B = Kind.STRING, Kind.RATE, Kind.TIMESTAMP, Kind.INTEGER, Kind.BOOLEAN

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

CONTRACTS = state_table(
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
    Column("enforceable_until", T, "End of the term that both sides can enforce, exclusive."),
    Column("termination_right", S, "Who may end it early."),
    Column("renewal_terms", S, "How it renews."),
    Column("trial_start", T, "Start of a free trial."),
    Column("trial_end", T, "End of a free trial."),
    Column("cancel_at", T, "When a cancellation already asked for takes effect."),
)

CONTRACT_LINES = state_table(
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

CONTRACT_EVENTS = fact_table(
    "contract_events",
    "Changes of a contract's state.",
    Column("contract_id", S, "Object id of the contract.", required=True),
    Column("state_from", S, "State before, where known."),
    Column("state_to", S, "State after.", required=True),
    Column("actor", S, "Who did it."),
    Column("reason", S, "Why."),
)
