"""Recurring revenue and how it moves."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import ANALYTICS
from lakehouse.types import Kind

S, M, D, I = Kind.STRING, Kind.MONEY, Kind.DATE, Kind.INTEGER

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
