"""Gold: what the rules of revenue make of the facts. Flat columns, stable names.

Month columns hold the first day of the month. Amounts are major units beside a currency.
"""

from __future__ import annotations

from lakehouse.table import Table
from lakehouse.tables.gold.contract_basis import (
    CONTRACT_COSTS,
    CONTRACT_MODIFICATIONS,
    CREDIT_DRAWDOWN,
    OBLIGATION_PROGRESS,
    PRICE_ALLOCATIONS,
)
from lakehouse.tables.gold.contracts import CONTRACTS, OBLIGATIONS
from lakehouse.tables.gold.ledger import DEFERRED_ROLLFORWARD, EVENT_KINDS, JOURNAL, REVENUE_BY_MONTH, TRIAL_BALANCE
from lakehouse.tables.gold.metrics import MRR_BY_MONTH, MRR_MOVEMENTS
from lakehouse.tables.gold.owners import ANALYTICS, FINANCE
from lakehouse.tables.gold.pending import PENDING_FACTS
from lakehouse.tables.gold.recognition import RECOGNITION_SCHEDULE
from lakehouse.tables.gold.sales import LIVE_SALES, SALES_DAILY

TABLES: tuple[Table, ...] = (
    CONTRACTS,
    OBLIGATIONS,
    PRICE_ALLOCATIONS,
    CONTRACT_MODIFICATIONS,
    OBLIGATION_PROGRESS,
    CONTRACT_COSTS,
    CREDIT_DRAWDOWN,
    RECOGNITION_SCHEDULE,
    JOURNAL,
    TRIAL_BALANCE,
    DEFERRED_ROLLFORWARD,
    REVENUE_BY_MONTH,
    MRR_MOVEMENTS,
    MRR_BY_MONTH,
    SALES_DAILY,
    LIVE_SALES,
    PENDING_FACTS,
)

__all__ = [
    "ANALYTICS",
    "CONTRACTS",
    "CONTRACT_COSTS",
    "CONTRACT_MODIFICATIONS",
    "CREDIT_DRAWDOWN",
    "DEFERRED_ROLLFORWARD",
    "EVENT_KINDS",
    "FINANCE",
    "JOURNAL",
    "LIVE_SALES",
    "MRR_BY_MONTH",
    "MRR_MOVEMENTS",
    "OBLIGATIONS",
    "OBLIGATION_PROGRESS",
    "PENDING_FACTS",
    "PRICE_ALLOCATIONS",
    "RECOGNITION_SCHEDULE",
    "REVENUE_BY_MONTH",
    "SALES_DAILY",
    "TABLES",
    "TRIAL_BALANCE",
]
