"""The recognition schedule: when each obligation's price becomes revenue, past and future, net of what was taken back."""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_major
from lakehouse.tables import gold

_IDENTITY = ("obligation_id", "contract_id", "legal_entity_id", "currency")


def recognition_schedule(obligations: pl.DataFrame, earned: pl.DataFrame) -> pl.DataFrame:
    """gold.recognition_schedule: net revenue by service month. It sums to what was allocated less what was returned.

    `obligations` carry their row number `obligation`, in order; `earned` are their service months in minor units.
    """
    rows = earned.select(
        "obligation", "service_period", "accounting_period", "deferred_after", amount=pl.col("gross") - pl.col("contra")
    ).filter((pl.col("amount") != 0) | (pl.col("deferred_after") != 0))
    identity = obligations.select(_IDENTITY)[rows.get_column("obligation")]
    return gold.RECOGNITION_SCHEDULE.conform(
        to_major(pl.concat([identity, rows.drop("obligation")], how="horizontal"), "amount", "deferred_after")
    )
