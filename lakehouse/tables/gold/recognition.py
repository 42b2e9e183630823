"""When prices become revenue."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import FINANCE
from lakehouse.types import Kind

S, M, D = Kind.STRING, Kind.MONEY, Kind.DATE

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
)
