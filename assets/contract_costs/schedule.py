"""gold.contract_costs: the asset of each cost of a contract, month by month, past and future."""

from __future__ import annotations

import polars as pl

from assets.contract_costs.amortisation import contract_cost_months
from assets.facts.observed import Observed
from assets.money.conversion import to_major
from assets.recognition.contract_basis import ContractBasis
from lakehouse.tables import gold


def contract_costs(observed: Observed, basis: ContractBasis) -> pl.DataFrame:
    """One row for each cost and month in which its asset stands or moves."""
    months = contract_cost_months(observed, basis)
    rows = months.drop("legal_entity_id", "customer_id", "period_end").filter(
        pl.any_horizontal(pl.col("capitalised", "amortised", "impaired", "balance") != 0)
    )
    major = to_major(rows, "capitalised", "amortised", "impaired", "balance")
    return gold.CONTRACT_COSTS.conform(major.sort("cost_id", "month"))
