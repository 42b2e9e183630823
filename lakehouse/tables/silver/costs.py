"""What is paid to earn it: costs, bills, goods on hand."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import fact_table, retractable_table
from lakehouse.types import Kind

S, M, R, T = Kind.STRING, Kind.MONEY, Kind.RATE, Kind.TIMESTAMP

COSTS = fact_table(
    "costs",
    "Costs of getting and fulfilling contracts.",
    Column("kind", S, "What for.", required=True, allowed=("commission", "fulfilment", "cost_of_sales", "other")),
    Column("contract_id", S, "Object id of the contract."),
    Column("document_id", S, "Object id of the document."),
    Column("document_line_id", S, "Object id of the document line."),
    Column("product_id", S, "Object id of the product."),
    Column("payee_id", S, "Object id of whom it is paid to."),
    Column("quantity", R, "How many, for the cost of goods."),
    Column("amount", M, "Amount in major units; negative where a cost is taken back.", required=True),
    Column("currency", S, "ISO 4217 code.", required=True),
)

PAYABLES = retractable_table(
    "payables",
    "Bills that we owe, as they stood after an event.",
    Column("vendor_id", S, "Object id of the vendor."),
    Column("number", S, "Number printed on the bill."),
    Column("status", S, "State.", required=True, allowed=("draft", "open", "paid", "void")),
    Column("currency", S, "ISO 4217 code.", required=True),
    Column("total", M, "What we owe by it, tax included.", required=True),
    Column("amount_paid", M, "Paid so far."),
    Column("amount_remaining", M, "Still unpaid."),
    Column("issued_at", T, "When it was issued."),
    Column("due_at", T, "When payment is due."),
)

STOCK = fact_table(
    "stock",
    "Quantity on hand of a product at a place.",
    Column("product_id", S, "Object id of the product.", required=True),
    Column("location", S, "Where it is."),
    Column("quantity", R, "How many are on hand.", required=True),
    Column("unit_cost", R, "Cost of one in major units."),
    Column("currency", S, "ISO 4217 code of the cost."),
)
