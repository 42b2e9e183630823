"""Dagster assets of the facts: what waits."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from typing import Any

import dagster as dg

from assets.config import RefreshConfig, as_of_day
from assets.cut import INPUTS
from assets.gold_asset import computation_of, gold_asset, replaced
from assets.ledger.waiting import all_pending
from lakehouse.store import Lakehouse
from lakehouse.tables import gold


@gold_asset(gold.PENDING_FACTS, group="facts", deps=[table for table in INPUTS if table.layer == "silver"])
def pending_facts(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """List the facts that wait for a counterpart or for a conflict to be resolved."""
    computation = computation_of(context, config, lakehouse)
    rows = all_pending(computation.observed, computation.desired)
    return replaced(lakehouse, gold.PENDING_FACTS, rows, "amount", as_of=as_of_day(context, config))
