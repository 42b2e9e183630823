"""Every mart that holds money, and the figure of the truth that its total must be, by currency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from lakehouse.table import Table
from lakehouse.tables import gold
from lakehouse.types import Kind

Figures = dict[str, Decimal]


def every(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


def of(account: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda rows: rows.filter(account=account)


def last_of(
    *by: str, period: str = "accounting_period", account: str | None = None
) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The row of the last period in which there is one, of each of `by`."""

    def last(rows: pl.DataFrame) -> pl.DataFrame:
        found = rows if account is None else rows.filter(account=account)
        return found.filter(pl.col(period) == pl.col(period).max().over(by))

    return last


@dataclass(frozen=True)
class Mart:
    """The sum of a column of some rows of a table is a figure."""

    table: Table
    rows: Callable[[pl.DataFrame], pl.DataFrame]
    total: pl.Expr
    figure: str

    @property
    def name(self) -> str:
        return f"{self.table.name} {self.figure}"

    def figures(self, frame: pl.DataFrame) -> Figures:
        sums = self.rows(frame.filter(pl.col("currency").is_not_null())).group_by("currency").agg(self.total.sum())
        return {currency: amount for currency, amount in sums.iter_rows() if amount}


def truth_of(truth: dict[str, Any], figure: str) -> Figures:
    """The figure by currency; those that are nothing are left out, as a mart may have no row for them."""
    standing = {currency: {k: Decimal(v) for k, v in row.items()} for currency, row in truth["standing"].items()}
    found = {}
    for currency, row in standing.items():
        months = truth["currencies"][currency]
        known = row | {
            "kept": row["sold"] - row["given_back"],
            "cash": Decimal(truth["cash"][currency]),
            "recognised": sum((Decimal(month["recognised"]) for month in months.values()), Decimal(0)),
            "mrr": Decimal(months[truth["months"][-1]]["mrr"]),
            "invoiced": row["sold"] + row["tax"],
        }
        found[currency] = known[figure]
    return {currency: amount for currency, amount in found.items() if amount}


NET = pl.col("debit") - pl.col("credit")
MARTS = (
    Mart(gold.CONTRACTS, every, pl.col("transaction_price"), "kept"),
    Mart(gold.OBLIGATIONS, every, pl.col("allocated_amount"), "sold"),
    Mart(gold.OBLIGATIONS, every, pl.col("returned_amount"), "given_back"),
    Mart(gold.RECOGNITION_SCHEDULE, every, pl.col("amount"), "kept"),
    Mart(gold.JOURNAL, of("Cash"), pl.col("amount"), "cash"),
    Mart(gold.JOURNAL, of("AccountsReceivable"), pl.col("amount"), "receivable"),
    Mart(gold.JOURNAL, of("UnappliedCash"), -pl.col("amount"), "unapplied"),
    Mart(gold.JOURNAL, of("TaxLiability"), -pl.col("amount"), "tax"),
    Mart(gold.TRIAL_BALANCE, last_of("account", "currency", account="Cash"), pl.col("closing"), "cash"),
    Mart(gold.TRIAL_BALANCE, last_of("account", "currency", account="DeferredRevenue"), -pl.col("closing"), "deferred"),
    Mart(gold.DEFERRED_ROLLFORWARD, last_of("currency"), pl.col("closing"), "deferred"),
    Mart(gold.DEFERRED_ROLLFORWARD, every, pl.col("billed"), "sold"),
    Mart(gold.REVENUE_BY_MONTH, every, pl.col("net_revenue"), "recognised"),
    Mart(gold.MRR_MOVEMENTS, last_of("customer_id", "currency", period="month"), pl.col("closing"), "mrr"),
    Mart(gold.MRR_BY_MONTH, last_of("currency", period="month"), pl.col("closing"), "mrr"),
    Mart(gold.SALES_DAILY, every, pl.col("invoiced"), "sold"),
    Mart(gold.SALES_DAILY, every, pl.col("net_sales"), "kept"),
    Mart(gold.LIVE_SALES, every, pl.col("sales"), "sold"),
    Mart(gold.LIVE_SALES, every, pl.col("refunds"), "given_back"),
    Mart(gold.REVENUE_WATERFALL, every, pl.col("booked"), "sold"),
    Mart(gold.REVENUE_WATERFALL, every, pl.col("recognised") + pl.col("taken_back"), "recognised"),
    Mart(gold.CONTRACT_BALANCES, last_of("contract_id", "currency"), pl.col("receivable"), "receivable"),
    Mart(gold.CONTRACT_BALANCES, last_of("contract_id", "currency"), pl.col("deferred"), "deferred"),
    Mart(gold.REMAINING_OBLIGATIONS, every, pl.col("amount"), "deferred"),
    Mart(gold.DISAGGREGATED_REVENUE, every, pl.col("net_revenue"), "recognised"),
    Mart(gold.TAX_PROOF, every, pl.col("invoiced"), "invoiced"),
    Mart(gold.TAX_PROOF, every, pl.col("tax"), "tax"),
    Mart(gold.GL_EXPORT, of("Cash"), NET, "cash"),
    Mart(gold.GL_EXPORT, of("AccountsReceivable"), NET, "receivable"),
    Mart(gold.RESTATED_BALANCES, of("Cash"), pl.col("restated"), "cash"),
)
WITHOUT_ROWS = (
    *(gold.PRICE_ALLOCATIONS, gold.CONTRACT_MODIFICATIONS, gold.OBLIGATION_PROGRESS, gold.CONTRACT_COSTS),
    *(gold.CREDIT_DRAWDOWN, gold.PENDING_FACTS, gold.PRIOR_PERIOD_REVENUE, gold.REFUND_LIABILITIES),
)
"""Marts of what the company does not have: recognition by contract, credits, costs, returns, what waits, what came late."""
OF_DISAGREEMENTS = (gold.RECONCILIATION_EXCEPTIONS,)


def with_money() -> set[str]:
    """Every table of gold with a column of money."""
    return {table.name for table in gold.TABLES if any(column.kind is Kind.MONEY for column in table.columns)}
