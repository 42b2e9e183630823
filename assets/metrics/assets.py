"""Dagster assets of recurring revenue."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.gold_asset import computation_of, gold_asset, replaced
from assets.metrics.movements import MOVEMENTS
from assets.metrics.movements import mrr_by_month as mrr_by_month_of
from assets.metrics.movements import mrr_movements as mrr_movements_of
from assets.metrics.mrr import mrr_at_month_ends
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver


@gold_asset(
    gold.MRR_MOVEMENTS,
    group="metrics",
    deps=[gold.SALE_COPIES, gold.CUSTOMER_LINKS, silver.CONTRACTS, silver.CONTRACT_LINES, silver.LEGAL_ENTITIES],
)
def mrr_movements(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Measure MRR by customer at each month's end, and how it moved."""
    observed = computation_of(context, config, lakehouse).observed
    rows = mrr_movements_of(mrr_at_month_ends(observed), as_of_day(context, config))
    return replaced(lakehouse, gold.MRR_MOVEMENTS, rows, *MOVEMENTS, as_of=as_of_day(context, config))


@gold_asset(gold.MRR_BY_MONTH, group="metrics", deps=[gold.MRR_MOVEMENTS])
def mrr_by_month(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Sum MRR and its movements over customers."""
    rows = mrr_by_month_of(lakehouse.scan(gold.MRR_MOVEMENTS).collect())
    return replaced(lakehouse, gold.MRR_BY_MONTH, rows, *MOVEMENTS, as_of=as_of_day(context, config))
