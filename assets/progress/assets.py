"""Dagster asset of gold.obligation_progress."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.gold_asset import computation_of, gold_asset, replaced
from assets.progress.obligation_progress import obligation_progress as obligation_progress_of
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver


@gold_asset(gold.OBLIGATION_PROGRESS, group="contracts", deps=[silver.PERFORMANCE, silver.USAGE, gold.PRICE_ALLOCATIONS])
def obligation_progress(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Measure how far each obligation is performed."""
    rows = obligation_progress_of(computation_of(context, config, lakehouse).recognised.contract_basis)
    return replaced(lakehouse, gold.OBLIGATION_PROGRESS, rows, "revenue_to_date", as_of=as_of_day(context, config))
