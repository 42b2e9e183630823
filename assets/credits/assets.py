"""Dagster asset of gold.credit_drawdown."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.credits.drawdown import credit_drawdown as credit_drawdown_of
from assets.gold_asset import computation_of, gold_asset, replaced
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, silver


@gold_asset(gold.CREDIT_DRAWDOWN, group="contracts", deps=[silver.CREDIT_GRANTS, silver.USAGE])
def credit_drawdown(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Draw uses of credits on their grants, and let the rest lapse."""
    rows = credit_drawdown_of(computation_of(context, config, lakehouse).observed.agreed)
    return replaced(lakehouse, gold.CREDIT_DRAWDOWN, rows, "amount", as_of=as_of_day(context, config))
