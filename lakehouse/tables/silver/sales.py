"""Sales on their way: opportunities, quotes, and what touched a customer."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table, state_table
from lakehouse.types import Kind

S, M, R, T, D, I = Kind.STRING, Kind.MONEY, Kind.RATE, Kind.TIMESTAMP, Kind.DATE, Kind.INTEGER

OPPORTUNITIES = state_table(
    "opportunities",
    "Deals as the CRM sees them.",
    Column("customer_id", S, "Object id of the customer."),
    Column("name", S, "Name of the deal."),
    Column("owner", S, "Who works on it."),
    Column("stage", S, "Stage in the source's words.", required=True),
    Column("status", S, "Whether it is decided.", required=True, allowed=("open", "won", "lost")),
    Column("probability", R, "Probability of winning, 0 to 1, as the source says."),
    Column("amount", M, "What it is worth."),
    Column("currency", S, "ISO 4217 code."),
    Column("close_date", D, "Day on which it was or should be decided."),
    Column("service_from", T, "Start of the service that is sold, where known."),
    Column("service_to", T, "End of the service, exclusive, where known."),
    Column("origin", S, "Campaign or channel it came from."),
)

OPPORTUNITY_LINES = state_table(
    "opportunity_lines",
    "What a deal sells; the lines in force are those of the deal's latest event.",
    Column("opportunity_id", S, "Object id of the deal.", required=True),
    Column("product_id", S, "Object id of the product."),
    Column("price_id", S, "Object id of the price."),
    Column("description", S, "Text on the line."),
    Column("quantity", R, "How many."),
    Column("unit_price", R, "Price of one in major units; a discount that is given by line is in the amount only."),
    Column("discount", M, "Discount already taken off the amount."),
    Column("amount", M, "Net amount of the line."),
    Column("currency", S, "ISO 4217 code."),
    Column("billing_interval", S, "Length of a billing period.", allowed=("day", "week", "month", "year")),
    Column("billing_interval_count", I, "How many intervals a billing period has."),
    Column("service_from", T, "Start of the service."),
    Column("service_to", T, "End of the service, exclusive."),
)

INTERACTIONS = state_table(
    "interactions",
    "Calls, tickets and campaigns that touched a customer.",
    Column("customer_id", S, "Object id of the customer."),
    Column("opportunity_id", S, "Object id of the deal."),
    Column("kind", S, "What it was: call, email, meeting, ticket, campaign, visit.", required=True),
    Column("actor", S, "Who did it."),
    Column("subject", S, "What it was about."),
    Column("occurred_at", T, "When it took place or is to take place."),
    Column("status", S, "State in the source's words."),
)

QUOTES = state_table(
    "quotes",
    "Offers made to a customer.",
    Column("customer_id", S, "Object id of the customer."),
    Column("opportunity_id", S, "Object id of the deal."),
    Column("contract_id", S, "Object id of the contract that came of it."),
    Column("number", S, "Number printed on it."),
    Column("version", I, "Version of the offer, where the source counts them."),
    Column("status", S, "State.", required=True, allowed=("draft", "open", "accepted", "declined", "canceled", "expired")),
    Column("currency", S, "ISO 4217 code."),
    Column("valid_until", T, "Until when it can be accepted."),
    Column("subtotal", M, "Before discounts and tax."),
    Column("discount", M, "Discount on it."),
    Column("tax", M, "Tax on it."),
    Column("total", M, "What the customer would owe."),
    Column("requested_by", S, "Who asked for it."),
    Column("approved_by", S, "Who approved its discount."),
)

QUOTE_LINES = state_table(
    "quote_lines",
    "What an offer offers; the lines in force are those of the offer's latest event.",
    Column("quote_id", S, "Object id of the offer.", required=True),
    Column("product_id", S, "Object id of the product."),
    Column("price_id", S, "Object id of the price."),
    Column("description", S, "Text on the line."),
    Column("quantity", R, "How many."),
    Column("unit_price", R, "Price of one in major units."),
    Column("discount", M, "Discount already taken off the amount."),
    Column("amount", M, "Net amount: after discounts, tax excluded."),
    Column("currency", S, "ISO 4217 code."),
    Column("billing_interval", S, "Length of a billing period.", allowed=("day", "week", "month", "year")),
    Column("billing_interval_count", I, "How many intervals a billing period has."),
    Column("service_from", T, "Start of the service."),
    Column("service_to", T, "End of the service, exclusive."),
)

TARGETS = fact_table(
    "targets",
    "What was planned: a figure by metric, dimension and period.",
    Column("metric", S, "What is planned, such as recognised_revenue.", required=True),
    Column("dimension", S, "By what, such as region; empty for the whole."),
    Column("member", S, "Which one of the dimension."),
    Column("period", D, "First day of the period.", required=True),
    Column("value", R, "The figure.", required=True),
    Column("currency", S, "ISO 4217 code, where the figure is money."),
)
