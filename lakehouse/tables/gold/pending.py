"""What waits."""

from __future__ import annotations

from lakehouse.table import Column, Layer, Table
from lakehouse.tables.gold.owners import FINANCE
from lakehouse.types import Kind

S, M = Kind.STRING, Kind.MONEY

PENDING_FACTS = Table(
    layer=Layer.GOLD,
    name="pending_facts",
    description="Facts that wait: for one not yet seen, or for a conflict to be resolved. They count when it arrives.",
    owner=FINANCE,
    columns=(
        Column("table_name", S, "Silver table of the fact.", required=True),
        Column("row_key", S, "The fact.", required=True),
        Column("object_id", S, "What it is about.", required=True),
        Column("reason", S, "Why it waits.", required=True, allowed=("missing", "conflict")),
        Column("waits_for", S, "Object id of what is missing or in conflict.", required=True),
        Column("amount", M, "Amount that waits, where it is money."),
        Column("currency", S, "ISO 4217 code."),
    ),
    key=("table_name", "row_key"),
)
