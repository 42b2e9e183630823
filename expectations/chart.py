"""The chart of accounts that the journal may post to, kept apart from the rules so that it controls them."""

from __future__ import annotations

REVENUE = "Revenue"
DEFERRED = "DeferredRevenue"

# Accounts that take revenue back, shown apart from it.
CONTRA = ("Refunds", "CreditNotes", "Disputes", "Voids", "BadDebt")

BALANCE_SHEET = (
    *("Cash", "UnappliedCash", "AccountsReceivable", "UnbilledAccountsReceivable"),
    *(DEFERRED, "TaxLiability", "CustomerBalance"),
    *("ContractLiability", "ContractAsset", "RefundLiability", "ReturnAsset", "Inventory"),
    *("ContractCosts", "AccruedCosts"),
)

GAINS_AND_LOSSES = ("Recoverables", "OtherLoss")

COSTS = ("CostOfSales", "CostExpense", "ImpairmentLoss", "InterestExpense", "InterestIncome")

CHART = (REVENUE, *CONTRA, *BALANCE_SHEET, *GAINS_AND_LOSSES, *COSTS)
