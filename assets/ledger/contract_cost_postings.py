"""Costs of contracts in the ledger.

    contract_cost  Dr ContractCosts   Cr AccruedCosts: when it is incurred
                   Dr CostExpense     Cr ContractCosts: as it is amortised
                   Dr ImpairmentLoss  Cr ContractCosts: when it cannot be recovered, or the contract has ended

ASC 340-40-35, IFRS 15.99 to 104. What an expedient expenses at once passes through the asset in the same month.
"""

from __future__ import annotations

import polars as pl

from assets.contract_costs.amortisation import contract_cost_months
from assets.facts.observed import Observed
from assets.ledger.accounts import Account
from assets.ledger.postings import NONE, at_period_end, leg
from assets.recognition.contract_basis import ContractBasis

KIND = "contract_cost"


def contract_cost_postings(observed: Observed, basis: ContractBasis) -> list[pl.DataFrame]:
    """Every leg for periods that ended by as_of."""
    months = contract_cost_months(observed, basis)
    ended = months.filter(pl.col("period_end") <= observed.as_of).with_columns(
        event_id="cost_id", document_id=pl.lit(NONE), **at_period_end()
    )
    moved = pl.col("capitalised") - pl.col("amortised") - pl.col("impaired")
    return [
        leg(ended, Account.CONTRACT_COSTS, moved, KIND),
        leg(ended, Account.ACCRUED_COSTS, -pl.col("capitalised"), KIND),
        leg(ended, Account.COST_EXPENSE, pl.col("amortised"), KIND),
        leg(ended, Account.IMPAIRMENT_LOSS, pl.col("impaired"), KIND),
    ]
