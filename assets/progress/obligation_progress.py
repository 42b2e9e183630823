"""gold.obligation_progress: how far each obligation is performed at the end of each month, and its margin."""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_major
from assets.money.products import ONE, RATE
from assets.money.rounding import divide_half_even
from assets.recognition.contract_basis import ContractBasis
from lakehouse.tables import gold

_AMOUNTS = ("revenue_to_date", "cost_to_date", "margin_to_date", "refundable_to_date")


def obligation_progress(basis: ContractBasis) -> pl.DataFrame:
    """One row for each obligation and month in which it moves."""
    identity = basis.obligations.select("obligation_id", "line_id", "currency", contract_id="lead_id")
    months = basis.months.join(identity, on="obligation_id").sort("period_end")
    costs = basis.costs.select("line_id", "day", cost=pl.col("spent") + pl.col("uninstalled"))
    spent = months.join_asof(costs.sort("day"), left_on="period_end", right_on="day", by="line_id", check_sortedness=False)
    progress = divide_half_even(pl.col("performed") * ONE, pl.col("total"))
    rows = spent.with_columns(cost=pl.col("cost").fill_null(0)).select(
        *("obligation_id", "contract_id", "month", "currency"),
        progress=(progress.cast(pl.Decimal(38, 0)) * pl.lit("0.000000000001").cast(pl.Decimal(38, 12))).cast(RATE),
        revenue_to_date="to_date",
        cost_to_date="cost",
        margin_to_date=pl.col("to_date") - pl.col("cost"),
        refundable_to_date="refundable",
    )
    return gold.OBLIGATION_PROGRESS.conform(to_major(rows, *_AMOUNTS).sort("obligation_id", "month"))
