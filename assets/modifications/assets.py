"""Dagster asset of gold.contract_modifications."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.gold_asset import computation_of, gold_asset, replaced
from assets.modifications.contract_modifications import contract_modifications as contract_modifications_of
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver


@gold_asset(
    gold.CONTRACT_MODIFICATIONS, group="contracts", deps=[silver.CONTRACT_LINES, silver.JUDGEMENTS, gold.PRICE_ALLOCATIONS]
)
def contract_modifications(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """State how each change of a contract is accounted for."""
    rows = contract_modifications_of(computation_of(context, config, lakehouse).recognised.contract_basis)
    return replaced(lakehouse, gold.CONTRACT_MODIFICATIONS, rows, "remaining_price", as_of=as_of_day(context, config))
