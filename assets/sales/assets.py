"""Dagster assets of sales."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.gold_asset import computation_of, gold_asset, replaced, report
from assets.live.figures import READS
from assets.live.publish import publish
from assets.sales.daily import sales_daily as sales_daily_of
from lakehouse.store import Lakehouse
from lakehouse.tables import gold


@gold_asset(gold.SALES_DAILY, group="sales", deps=[gold.OBLIGATIONS])
def sales_daily(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Sum what was sold and taken back by day."""
    rows = sales_daily_of(computation_of(context, config, lakehouse).recognised)
    return replaced(
        lakehouse, gold.SALES_DAILY, rows, "invoiced", "taken_back", "net_sales", as_of=as_of_day(context, config)
    )


@gold_asset(gold.LIVE_SALES, group="sales", deps=READS)
def live_sales(lakehouse: dg.ResourceParam[Lakehouse]) -> dg.MaterializeResult[Any]:
    """Bring the live figures up to what silver holds, as the ingest does all the time."""
    published = publish(Lakehouse(lakehouse.root, lakehouse.storage_options))
    return report(published.changed, lakehouse.version(gold.LIVE_SALES), "sales", "refunds")
