"""In which columns a fact names others: from there follows what may bear on what."""

from __future__ import annotations

from lakehouse.table import Table
from lakehouse.tables import silver

CUSTOMER = "customer_id"

NAMES: dict[Table, tuple[str, ...]] = {
    silver.CONTRACTS: (CUSTOMER, "contract_group"),
    silver.CONTRACT_LINES: ("contract_id",),
    silver.PERFORMANCE: ("contract_id", "contract_line_id"),
    silver.USAGE: (CUSTOMER, "contract_id", "contract_line_id"),
    silver.CREDIT_GRANTS: (CUSTOMER, "contract_id"),
    silver.COSTS: ("contract_id",),
    silver.DOCUMENTS: (CUSTOMER, "contract_id", "corrects_document_id"),
    silver.DOCUMENT_LINES: ("document_id", "contract_id"),
    silver.CASH: (CUSTOMER, "document_id", "payment_id", "payment_group_id"),
    silver.CASH_APPLICATIONS: ("cash_id", "document_id"),
    silver.OPPORTUNITIES: (CUSTOMER,),
    silver.QUOTES: (CUSTOMER, "opportunity_id", "contract_id"),
    silver.LEDGER_ENTRIES: ("entry_id", "document_id"),
    silver.DOCUMENT_EVENTS: ("document_id",),
    silver.MANUAL_ENTRIES: ("entry_id", "contract_id", CUSTOMER),
}
"""Columns besides the object id that name another object."""
