"""The recognition schedule: when each obligation's price becomes revenue, past and future, net of what was taken back."""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_major
from assets.recognition.contract_basis import ContractBasis
from lakehouse.tables import gold

_IDENTITY = ("obligation_id", "contract_id", "legal_entity_id", "currency")


def recognition_schedule(obligations: pl.DataFrame, earned: pl.DataFrame, basis: ContractBasis) -> pl.DataFrame:
    """gold.recognition_schedule: net revenue by service month. It sums to what was allocated less what was returned.

    `obligations` carry their row number `obligation`, in order; `earned` are their service months in minor units.
    """
    rows = earned.select(
        "obligation", "service_period", "accounting_period", "deferred_after", amount=pl.col("gross") - pl.col("contra")
    ).filter((pl.col("amount") != 0) | (pl.col("deferred_after") != 0))
    identity = obligations.select(_IDENTITY)[rows.get_column("obligation")]
    invoiced = pl.concat([identity, rows.drop("obligation")], how="horizontal")
    every = pl.concat([invoiced, _of_contracts(basis).select(invoiced.columns)])
    return gold.RECOGNITION_SCHEDULE.conform(to_major(every, "amount", "deferred_after"))


def _of_contracts(basis: ContractBasis) -> pl.DataFrame:
    """Months of contracts; what is deferred after a month is what later months are known to earn."""
    identity = basis.obligations.select("obligation_id", "legal_entity_id", "currency", contract_id="lead_id")
    months = basis.months.filter(pl.col("revenue") != 0).sort("obligation_id", "month")
    later = pl.col("revenue").cum_sum(reverse=True).over("obligation_id") - pl.col("revenue")
    return months.join(identity, on="obligation_id").with_columns(
        service_period="month", accounting_period="month", amount="revenue", deferred_after=later
    )
