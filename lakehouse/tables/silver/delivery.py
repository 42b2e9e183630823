"""What was delivered and used."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table
from lakehouse.types import Kind

S, M, R = Kind.STRING, Kind.MONEY, Kind.RATE

USAGE = fact_table(
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

PERFORMANCE_KINDS = (
    "delivery",
    "return",
    "milestone",
    "units",
    "hours",
    "cost",
    "acceptance",
    "uninstalled_material",
    # Goods that a customer asked us to hold, ready and set apart; goods that a dealer holding ours sold to somebody else.
    "held",
    "sold_on",
)

PERFORMANCE = fact_table(
    "performance",
    "What was done for a customer: each step once, never a running total.",
    Column("kind", S, "What was done.", required=True, allowed=PERFORMANCE_KINDS),
    Column("contract_id", S, "Object id of the contract."),
    Column("contract_line_id", S, "Object id of the contract line."),
    Column("document_id", S, "Object id of the invoice or order."),
    Column("document_line_id", S, "Object id of the line of the invoice or order."),
    Column("product_id", S, "Object id of the product."),
    Column("quantity", R, "How many units, hours, or the share of a milestone; negative where it is taken back."),
    Column("amount", M, "Cost incurred, where it is a cost."),
    Column("currency", S, "ISO 4217 code of the amount."),
    Column("tracking", S, "Number by which the delivery can be followed."),
)

CREDIT_GRANTS = fact_table(
    "credit_grants",
    "Prepaid credits, gift cards and points that a customer may use.",
    Column("customer_id", S, "Object id of the customer."),
    Column("contract_id", S, "Object id of the contract."),
    Column("document_id", S, "Object id of the document that sold it."),
    Column("kind", S, "What it is.", required=True, allowed=("prepaid", "gift_card", "points", "promotional")),
    Column("paid", Kind.BOOLEAN, "Whether the customer paid for it.", required=True),
    Column("amount", M, "What it is worth.", required=True),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column("quantity", R, "Points or units, where it is not money."),
    Column("priority", Kind.INTEGER, "Which is used first: the lowest."),
    Column("expires_at", Kind.TIMESTAMP, "When what is left of it lapses."),
)
