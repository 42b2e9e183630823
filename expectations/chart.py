"""The chart of accounts that the journal may post to, kept apart from the rules so that it controls them."""

from __future__ import annotations

REVENUE = "Revenue"
DEFERRED = "DeferredRevenue"

# Accounts that take revenue back, shown apart from it.
CONTRA = ("Refunds", "CreditNotes", "Disputes", "Voids", "BadDebt", "UnbilledVoids")

BALANCE_SHEET = (
    *("Cash", "UnappliedCash", "ExternalAsset", "AccountsReceivable", "UnbilledAccountsReceivable"),
    *(DEFERRED, "TaxLiability", "CustomerBalance", "FxClearing", "OpeningBalance"),
    *("ContractLiability", "ContractAsset", "RefundLiability", "ReturnAsset", "Inventory"),
    *("ContractCosts", "AccruedCosts", "DueToPrincipals", "RepurchaseLiability"),
)

GAINS_AND_LOSSES = ("Recoverables", "OtherLoss", "Exclusion", "Fees", "FxLoss", "FxUnrealised")

# Kinds of events that close apart from revenue, with the cash.
CASH_KINDS = ("payment", "fee", "tax_remitted", "settlement")

COSTS = ("CostOfSales", "CostExpense", "ImpairmentLoss", "InterestExpense", "InterestIncome")

CHART = (REVENUE, *CONTRA, *BALANCE_SHEET, *GAINS_AND_LOSSES, *COSTS)
