"""Dagster asset of gold.price_allocations."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.allocation.price_allocations import price_allocations as price_allocations_of
from assets.config import RefreshConfig, as_of_day
from assets.gold_asset import computation_of, gold_asset, replaced
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver


@gold_asset(gold.PRICE_ALLOCATIONS, group="contracts", deps=[silver.ESTIMATES, silver.PRICES, gold.OBLIGATIONS])
def price_allocations(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Allocate the price of contracts to their obligations."""
    rows = price_allocations_of(computation_of(context, config, lakehouse).recognised.contract_basis)
    return replaced(lakehouse, gold.PRICE_ALLOCATIONS, rows, "allocated_amount", as_of=as_of_day(context, config))
