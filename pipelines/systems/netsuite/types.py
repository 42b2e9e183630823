"""NetSuite records that carry facts. All others are unmapped."""

from __future__ import annotations

from pipelines.systems.netsuite import cash, documents, ledger, orders, parties
from pipelines.systems.netsuite.records import ENTITY, ITEM
from pipelines.systems.reading import Kind

KINDS: dict[str, Kind] = {**documents.KINDS, **cash.KINDS, **orders.KINDS, **ledger.KINDS, **parties.KINDS}

# Whose ids a record shares; all others those of transactions.
FAMILIES: dict[str, str] = {
    **dict.fromkeys(("customer", "vendor", "contact", "employee", "partner", "lead", "prospect", "job"), ENTITY),
    **dict.fromkeys(parties.ITEM_TYPES, ITEM),
}
