"""Dagster assets of the ledger: the journal and the balances over it."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
import json
from typing import Any

import dagster as dg
import polars as pl

from assets.config import RefreshConfig, as_of_day, run_created_at
from assets.facts.calendars import Calendars, calendars
from assets.gold_asset import computations_of, gold_asset, replaced, report
from assets.incremental.layout import in_order
from assets.ledger.deferred_rollforward import deferred_rollforward as deferred_rollforward_of
from assets.ledger.journal import COMPARED
from assets.ledger.revenue_by_month import revenue_by_month as revenue_by_month_of
from assets.ledger.trial_balance import trial_balance as trial_balance_of
from assets.pipeline import new_journal_parts
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, silver


def calendars_at(lake: Lakehouse) -> Calendars:
    """The calendars of the entities, as the gates let them through."""
    return calendars(lake.scan(silver.LEGAL_ENTITIES).collect())


@gold_asset(gold.JOURNAL, group="ledger", deps=[gold.OBLIGATIONS, gold.RECOGNITION_SCHEDULE])
def journal(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Append what the journal lacks of what the facts call for."""
    held = lakehouse.scan(gold.JOURNAL).select(COMPARED).collect()
    log = lakehouse.scan(ops.PERIOD_LOG).collect()
    computations, booked_at = computations_of(context, config, lakehouse), run_created_at(context)
    sums: list[pl.DataFrame] = []

    def counted(lines: pl.DataFrame) -> pl.DataFrame:
        sums.append(lines.group_by("currency").agg(pl.col("amount").sum(), lines=pl.len()))
        return in_order(gold.JOURNAL, lines, lakehouse.scan(gold.OBLIGATIONS))

    parts = (counted(part) for c in computations for part in new_journal_parts(c, log, held, booked_at))
    told = {"as_of": as_of_day(context, config).isoformat(), "cut": json.dumps(config.cut, sort_keys=True)}
    lakehouse.append_parts(gold.JOURNAL, parts, metadata=told)
    added = pl.concat(sums)
    lines = int(added.get_column("lines").sum())
    shown = report(added, lakehouse.version(gold.JOURNAL), "amount")
    return dg.MaterializeResult(
        metadata={**(shown.metadata or {}), "lines_appended": lines, "dagster/row_count": held.height + lines}
    )


@gold_asset(gold.TRIAL_BALANCE, group="ledger", deps=[gold.JOURNAL])
def trial_balance(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Balance every account by period."""
    rows = trial_balance_of(lakehouse.scan(gold.JOURNAL), as_of_day(context, config), calendars_at(lakehouse))
    return replaced(lakehouse, gold.TRIAL_BALANCE, rows, "debit", "credit", as_of=as_of_day(context, config))


@gold_asset(gold.DEFERRED_ROLLFORWARD, group="ledger", deps=[gold.JOURNAL])
def deferred_rollforward(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Roll deferred revenue forward by month."""
    rows = deferred_rollforward_of(lakehouse.scan(gold.JOURNAL), as_of_day(context, config), calendars_at(lakehouse))
    return replaced(lakehouse, gold.DEFERRED_ROLLFORWARD, rows, "billed", "recognised", as_of=as_of_day(context, config))


@gold_asset(gold.REVENUE_BY_MONTH, group="ledger", deps=[gold.JOURNAL])
def revenue_by_month(
    context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
) -> dg.MaterializeResult[Any]:
    """Sum recognised revenue by month."""
    rows = revenue_by_month_of(lakehouse.scan(gold.JOURNAL))
    return replaced(
        lakehouse,
        gold.REVENUE_BY_MONTH,
        rows,
        "gross_revenue",
        "contra_revenue",
        "net_revenue",
        as_of=as_of_day(context, config),
    )
