"""Every gold asset in one list, for whoever wires them into a Dagster project or a test."""

from __future__ import annotations

import dagster as dg

from assets.contracts import assets as contracts
from assets.facts import assets as facts
from assets.ledger import assets as ledger
from assets.metrics import assets as metrics
from assets.recognition import assets as recognition
from assets.sales import assets as sales

GOLD_ASSETS: list[dg.AssetsDefinition] = [
    facts.pending_facts,
    contracts.obligations,
    contracts.contracts,
    recognition.recognition_schedule,
    ledger.journal,
    ledger.trial_balance,
    ledger.deferred_rollforward,
    ledger.revenue_by_month,
    metrics.mrr_movements,
    metrics.mrr_by_month,
    sales.sales_daily,
]
