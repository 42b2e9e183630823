"""QuickBooks objects that carry facts. All others are unmapped."""

from __future__ import annotations

from pipelines.systems.quickbooks import documents, ledger, parties, payments
from pipelines.systems.reading import Kind

KINDS: dict[str, Kind] = {**documents.KINDS, **payments.KINDS, **ledger.KINDS, **parties.KINDS}
ENTITIES = list(dict.fromkeys(name.split("|")[0] for name in KINDS))
