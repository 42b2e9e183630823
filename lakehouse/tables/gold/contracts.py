"""Contracts and their performance obligations."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import FINANCE
from lakehouse.types import Kind

S, M, T, D = Kind.STRING, Kind.MONEY, Kind.TIMESTAMP, Kind.DATE

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
    description="Performance obligations; on the basis invoice each line of a finalised invoice.",
    owner=FINANCE,
    columns=(
        Column("obligation_id", S, "Object id of the line of the invoice or contract.", required=True),
        Column("contract_id", S, "Object id of the contract.", required=True),
        Column(
            "document_id",
            S,
            "Object id of the invoice; '-' where none bills it yet, and on the basis contract.",
            required=True,
        ),
        Column("legal_entity_id", S, "Whose books.", required=True),
        Column("customer_id", S, "Object id of the customer."),
        Column("product_id", S, "Object id of the product."),
        Column("currency", S, "ISO 4217 code.", required=True),
        Column("allocated_amount", M, "Price allocated to it, tax excluded.", required=True),
        Column("returned_amount", M, "Taken back by refunds, credit notes, disputes, voids and write-offs.", required=True),
        Column("unscheduled_amount", M, "Allocated, and not known yet when it will be performed.", required=True),
        Column("recognition_method", S, "How it is recognised.", required=True),
        Column("service_from", D, "First day of service.", required=True),
        Column("service_to", D, "First day after the service; equal to service_from for a point in time.", required=True),
        Column(
            "booked_on",
            D,
            "Day on which the invoice was finalised, the waiting charge was made, or the contract began.",
            required=True,
        ),
        Column("policy", S, "Policy that chose the method.", required=True),
        Column("source_row_key", S, "Silver row it comes from.", required=True),
    ),
    key=("obligation_id",),
)
