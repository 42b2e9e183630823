"""Silver: typed facts as the sources told them, one table a kind, append-only.

An update is a new row, never an overwrite. Every fact carries the same first columns (`FACT_COLUMNS`).
The state of an object is its assertion that is latest by (effective_at, source_sequence, known_at, row_key).
"""

from __future__ import annotations

from lakehouse.table import Table
from lakehouse.tables.silver.cash import CASH, CASH_APPLICATIONS, CASH_KINDS
from lakehouse.tables.silver.contracts import CONTRACT_EVENTS, CONTRACT_LINES, CONTRACT_STATUSES, CONTRACTS
from lakehouse.tables.silver.costs import COSTS, PAYABLES, STOCK
from lakehouse.tables.silver.delivery import CREDIT_GRANTS, PERFORMANCE, USAGE
from lakehouse.tables.silver.documents import DOCUMENT_EVENTS, DOCUMENT_LINES, DOCUMENTS
from lakehouse.tables.silver.events import SOURCE_EVENTS
from lakehouse.tables.silver.fact import CHANGED_COLUMNS, FACT_COLUMNS, OWNER
from lakehouse.tables.silver.goods import PRICES, PRODUCTS
from lakehouse.tables.silver.judgement import ESTIMATES, JUDGEMENTS, POLICIES
from lakehouse.tables.silver.ledger import FX_RATES, LEDGER_ENTRIES, MANUAL_ENTRIES
from lakehouse.tables.silver.parties import CUSTOMERS, FISCAL_CALENDARS, LEGAL_ENTITIES
from lakehouse.tables.silver.references import EXTERNAL_REFERENCES
from lakehouse.tables.silver.sales import INTERACTIONS, OPPORTUNITIES, OPPORTUNITY_LINES, QUOTE_LINES, QUOTES, TARGETS

TABLES: tuple[Table, ...] = (
    SOURCE_EVENTS,
    LEGAL_ENTITIES,
    CUSTOMERS,
    PRODUCTS,
    PRICES,
    OPPORTUNITIES,
    OPPORTUNITY_LINES,
    INTERACTIONS,
    QUOTES,
    QUOTE_LINES,
    CONTRACTS,
    CONTRACT_LINES,
    CONTRACT_EVENTS,
    DOCUMENTS,
    DOCUMENT_LINES,
    DOCUMENT_EVENTS,
    CASH,
    CASH_APPLICATIONS,
    PERFORMANCE,
    USAGE,
    CREDIT_GRANTS,
    COSTS,
    PAYABLES,
    STOCK,
    LEDGER_ENTRIES,
    MANUAL_ENTRIES,
    FX_RATES,
    ESTIMATES,
    JUDGEMENTS,
    POLICIES,
    TARGETS,
    EXTERNAL_REFERENCES,
)

__all__ = [
    "CASH",
    "CASH_APPLICATIONS",
    "CASH_KINDS",
    "CHANGED_COLUMNS",
    "CONTRACTS",
    "CONTRACT_EVENTS",
    "CONTRACT_LINES",
    "CONTRACT_STATUSES",
    "COSTS",
    "CREDIT_GRANTS",
    "CUSTOMERS",
    "DOCUMENTS",
    "DOCUMENT_EVENTS",
    "DOCUMENT_LINES",
    "ESTIMATES",
    "EXTERNAL_REFERENCES",
    "FACT_COLUMNS",
    "FISCAL_CALENDARS",
    "FX_RATES",
    "INTERACTIONS",
    "JUDGEMENTS",
    "LEDGER_ENTRIES",
    "LEGAL_ENTITIES",
    "MANUAL_ENTRIES",
    "OPPORTUNITIES",
    "OPPORTUNITY_LINES",
    "OWNER",
    "PAYABLES",
    "PERFORMANCE",
    "POLICIES",
    "PRICES",
    "PRODUCTS",
    "QUOTES",
    "QUOTE_LINES",
    "SOURCE_EVENTS",
    "STOCK",
    "TABLES",
    "TARGETS",
    "USAGE",
]
