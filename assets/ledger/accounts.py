"""The chart of accounts and the kinds of events, each in one place.

Names follow Stripe's default chart (https://docs.stripe.com/revenue-recognition/methodology). Amounts are debit
positive everywhere; `CREDIT_NATURED` says which accounts normally stand on the other side.
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from lakehouse.tables.gold import EVENT_KINDS


class Account(StrEnum):
    """Every account that the journal posts to."""

    CASH = "Cash"
    EXTERNAL_ASSET = "ExternalAsset"
    ACCOUNTS_RECEIVABLE = "AccountsReceivable"
    UNBILLED_ACCOUNTS_RECEIVABLE = "UnbilledAccountsReceivable"
    DEFERRED_REVENUE = "DeferredRevenue"
    TAX_LIABILITY = "TaxLiability"
    CUSTOMER_BALANCE = "CustomerBalance"
    UNAPPLIED_CASH = "UnappliedCash"
    REVENUE = "Revenue"
    REFUNDS = "Refunds"
    CREDIT_NOTES = "CreditNotes"
    DISPUTES = "Disputes"
    VOIDS = "Voids"
    BAD_DEBT = "BadDebt"
    CONTRACT_LIABILITY = "ContractLiability"
    CONTRACT_ASSET = "ContractAsset"
    REFUND_LIABILITY = "RefundLiability"
    RETURN_ASSET = "ReturnAsset"
    DUE_TO_PRINCIPALS = "DueToPrincipals"
    REPURCHASE_LIABILITY = "RepurchaseLiability"
    INVENTORY = "Inventory"
    COST_OF_SALES = "CostOfSales"
    CONTRACT_COSTS = "ContractCosts"
    ACCRUED_COSTS = "AccruedCosts"
    COST_EXPENSE = "CostExpense"
    IMPAIRMENT_LOSS = "ImpairmentLoss"
    INTEREST_EXPENSE = "InterestExpense"
    INTEREST_INCOME = "InterestIncome"
    RECOVERABLES = "Recoverables"
    EXCLUSION = "Exclusion"
    FEES = "Fees"
    OTHER_LOSS = "OtherLoss"
    FX_LOSS = "FxLoss"
    FX_UNREALISED = "FxUnrealised"
    FX_CLEARING = "FxClearing"
    OPENING_BALANCE = "OpeningBalance"
    UNBILLED_VOIDS = "UnbilledVoids"


CONTRA_REVENUE = (
    *(Account.REFUNDS, Account.CREDIT_NOTES, Account.DISPUTES, Account.VOIDS, Account.BAD_DEBT),
    Account.UNBILLED_VOIDS,
)
"""What is deducted from gross revenue to give net revenue."""

CREDIT_NATURED = (
    *(Account.DEFERRED_REVENUE, Account.TAX_LIABILITY, Account.CUSTOMER_BALANCE, Account.UNAPPLIED_CASH),
    *(Account.REVENUE, Account.RECOVERABLES, Account.CONTRACT_LIABILITY, Account.REFUND_LIABILITY),
    *(Account.INTEREST_INCOME, Account.EXCLUSION, Account.ACCRUED_COSTS, Account.DUE_TO_PRINCIPALS),
    Account.REPURCHASE_LIABILITY,
)
"""Liabilities, revenue and gains; every other account stands on the debit side."""

CONTRA_ACCOUNT_OF = {
    "refund": Account.REFUNDS,
    "credit_note": Account.CREDIT_NOTES,
    "dispute": Account.DISPUTES,
    "void": Account.VOIDS,
    "uncollectible": Account.BAD_DEBT,
    "exclusion": Account.REVENUE,
    "item_deleted": Account.UNBILLED_VOIDS,
}
"""Where the recognised part of a take-back goes."""

CASH_MODULE, REVENUE_MODULE = "cash", "revenue"
MODULES = (REVENUE_MODULE, CASH_MODULE)
"""The parts of the books that close each in its own time."""

CASH_KINDS = ("payment", "fee", "tax_remitted", "settlement")
"""Kinds of events of the module cash; every other is of the module revenue."""

ACCOUNT_TYPE = pl.Enum([account.value for account in Account])
KIND_TYPE = pl.Enum(list(EVENT_KINDS))


def contra_account(kind: str = "kind") -> pl.Expr:
    """The contra account of a take-back, by its kind."""
    return pl.col(kind).replace_strict(
        {k: account.value for k, account in CONTRA_ACCOUNT_OF.items()}, return_dtype=pl.String
    )


def module_of(kind: str = "event_kind") -> pl.Expr:
    """The part of the books that an event belongs to, by its kind."""
    return (
        pl.when(pl.col(kind).cast(pl.String).is_in(CASH_KINDS)).then(pl.lit(CASH_MODULE)).otherwise(pl.lit(REVENUE_MODULE))
    )
