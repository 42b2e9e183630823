"""What we sell and what it costs."""

from __future__ import annotations

from lakehouse.table import Column
from lakehouse.tables.silver.fact import state_table
from lakehouse.types import Kind

S, R, T, I, B = Kind.STRING, Kind.RATE, Kind.TIMESTAMP, Kind.INTEGER, Kind.BOOLEAN

PRODUCTS = state_table(
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

PRICES = state_table(
    "prices",
    "What a product costs.",
    Column("product_id", S, "Object id of the product."),
    Column("currency", S, "ISO 4217 code; empty where the source keeps one currency and does not say which."),
    Column(
        "purpose",
        S,
        "List, standalone selling or competitor price, or what an agent owes its principal for one.",
        required=True,
        allowed=("list", "ssp", "competitor", "principal"),
    ),
    Column("pricing_model", S, "Per unit, tiered (graduated, volume) or metered."),
    Column("unit_amount", R, "Price of one unit in major units."),
    Column("billing_interval", S, "Length of a billing period.", allowed=("day", "week", "month", "year")),
    Column("billing_interval_count", I, "How many intervals a billing period has."),
    Column("low", R, "Lower end of the range, where there is one."),
    Column("high", R, "Upper end of the range, where there is one."),
    Column("from_quantity", R, "Quantity from which it holds for every unit, where the price depends on the volume."),
    Column("bundle_of", S, "Object ids of products that are sold together at this price, comma-separated."),
    Column("valid_from", T, "First moment at which it holds."),
    Column("valid_to", T, "First moment at which it no longer holds."),
    Column("active", B, "Whether it can be sold."),
)
