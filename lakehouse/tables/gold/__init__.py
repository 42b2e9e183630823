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
from lakehouse.tables.gold.links import (
    CUSTOMER_LINKS,
    PRODUCT_LINKS,
    RECONCILIATION_EXCEPTIONS,
    SALE_COPIES,
    TRANSACTION_LINKS,
)
from lakehouse.tables.gold.metrics import MRR_BY_MONTH, MRR_MOVEMENTS
from lakehouse.tables.gold.owners import ANALYTICS, FINANCE
from lakehouse.tables.gold.pending import PENDING_FACTS
from lakehouse.tables.gold.recognition import RECOGNITION_SCHEDULE
from lakehouse.tables.gold.reports import (
    CONTRACT_BALANCES,
    DISAGGREGATED_REVENUE,
    GL_EXPORT,
    PRIOR_PERIOD_REVENUE,
    REFUND_LIABILITIES,
    REMAINING_OBLIGATIONS,
    REPORTS,
    RESTATED_BALANCES,
    REVENUE_WATERFALL,
    TAX_PROOF,
)
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
    TRANSACTION_LINKS,
    SALE_COPIES,
    CUSTOMER_LINKS,
    PRODUCT_LINKS,
    RECONCILIATION_EXCEPTIONS,
    *REPORTS,
)

__all__ = [
    "ANALYTICS",
    "CONTRACTS",
    "CONTRACT_BALANCES",
    "CONTRACT_COSTS",
    "CONTRACT_MODIFICATIONS",
    "CREDIT_DRAWDOWN",
    "CUSTOMER_LINKS",
    "DEFERRED_ROLLFORWARD",
    "DISAGGREGATED_REVENUE",
    "EVENT_KINDS",
    "FINANCE",
    "GL_EXPORT",
    "JOURNAL",
    "LIVE_SALES",
    "MRR_BY_MONTH",
    "MRR_MOVEMENTS",
    "OBLIGATIONS",
    "OBLIGATION_PROGRESS",
    "PENDING_FACTS",
    "PRICE_ALLOCATIONS",
    "PRIOR_PERIOD_REVENUE",
    "PRODUCT_LINKS",
    "RECOGNITION_SCHEDULE",
    "RECONCILIATION_EXCEPTIONS",
    "REFUND_LIABILITIES",
    "REMAINING_OBLIGATIONS",
    "REPORTS",
    "RESTATED_BALANCES",
    "REVENUE_BY_MONTH",
    "REVENUE_WATERFALL",
    "SALES_DAILY",
    "SALE_COPIES",
    "TABLES",
    "TAX_PROOF",
    "TRANSACTION_LINKS",
    "TRIAL_BALANCE",
]
