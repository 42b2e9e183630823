"""Dagster asset of gold.contract_costs."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.contract_costs.schedule import contract_costs as contract_costs_of
from assets.gold_asset import computation_of, gold_asset, replaced
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver


@gold_asset(gold.CONTRACT_COSTS, group="contracts", deps=[silver.COSTS, gold.OBLIGATIONS])
def contract_costs(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Amortise the costs of contracts."""
    computation = computation_of(context, config, lakehouse)
    rows = contract_costs_of(computation.observed, computation.recognised.contract_basis)
    return replaced(lakehouse, gold.CONTRACT_COSTS, rows, "capitalised", "amortised", as_of=as_of_day(context, config))
