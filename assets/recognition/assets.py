"""Dagster assets of recognition: the schedule."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.gold_asset import computation_of, gold_asset, replaced
from assets.recognition.schedule import recognition_schedule as schedule_of
from lakehouse.store import Lakehouse
from lakehouse.tables import gold


@gold_asset(gold.RECOGNITION_SCHEDULE, group="recognition", deps=[gold.OBLIGATIONS])
def recognition_schedule(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Spread every obligation over the months in which it is earned."""
    recognised = computation_of(context, config, lakehouse).recognised
    rows = schedule_of(recognised.obligations, recognised.earned, recognised.contract_basis)
    return replaced(lakehouse, gold.RECOGNITION_SCHEDULE, rows, "amount", as_of=as_of_day(context, config))
