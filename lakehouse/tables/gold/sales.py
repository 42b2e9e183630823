"""Sales by day, and live."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import ANALYTICS
from lakehouse.types import Kind

S, M, R, T, D, I = Kind.STRING, Kind.MONEY, Kind.RATE, Kind.TIMESTAMP, Kind.DATE, Kind.INTEGER

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
        "Sales, refunds and usage minute by minute, within seconds: what silver says at the moment, before any gate, each "
        "sale once as far as links are known. For watching; the books are in the other tables."
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
