"""Dagster assets of the reports."""

# No postponed annotations here: Dagster reads the type of `config` from the function itself.
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dagster as dg
import polars as pl

from assets.config import RefreshConfig, as_of_day
from assets.cut import current_cut, facts_at
from assets.facts.state import merged
from assets.gold_asset import computation_of, computations_of, gold_asset, replaced
from assets.ledger.assets import calendars_at
from assets.reports import every
from assets.reports.balances import contract_balances
from assets.reports.disaggregated import disaggregated_revenue
from assets.reports.prior_period import prior_period_revenue
from assets.reports.refund_liabilities import refund_liabilities
from assets.reports.tax_proof import tax_proof
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold, silver


@dataclass(frozen=True)
class Run:
    """What a report is made in: the run, its options, the lakehouse, and the journal as it stands."""

    context: dg.AssetExecutionContext
    config: RefreshConfig
    lake: Lakehouse

    @property
    def journal(self) -> pl.LazyFrame:
        return self.lake.scan(gold.JOURNAL)

    def state(self, table: Table) -> pl.DataFrame:
        """The state of the objects of a silver table, at the cut of the run."""
        cut = dict(self.config.cut) or current_cut(self.lake)
        return merged(facts_at(self.lake, cut)[table.name].collect())


Rows = Callable[[Run], pl.DataFrame]


def _report(table: Table, rows: Rows, *totals: str, deps: tuple[Table, ...] = ()) -> dg.AssetsDefinition:
    """The asset of a report that is replaced whole."""

    def materialise(
        context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: dg.ResourceParam[Lakehouse]
    ) -> dg.MaterializeResult[Any]:
        made = rows(Run(context, config, lakehouse))
        return replaced(lakehouse, table, made, *totals, as_of=as_of_day(context, config))

    return gold_asset(table, group="reports", deps=[gold.JOURNAL, *deps])(materialise)


def _waterfall(run: Run) -> pl.DataFrame:
    return every.waterfall_of(run.journal, computations_of(run.context, run.config, run.lake))


def _balances(run: Run) -> pl.DataFrame:
    return contract_balances(run.journal)


def _remaining(run: Run) -> pl.DataFrame:
    return every.remaining_of(computations_of(run.context, run.config, run.lake))


def _disaggregated(run: Run) -> pl.DataFrame:
    obligations = run.lake.scan(gold.OBLIGATIONS).collect()
    return disaggregated_revenue(run.journal, obligations, run.state(silver.PRODUCTS), run.state(silver.CUSTOMERS))


def _prior(run: Run) -> pl.DataFrame:
    return prior_period_revenue(run.journal)


def _tax(run: Run) -> pl.DataFrame:
    return tax_proof(run.journal, as_of_day(run.context, run.config), calendars_at(run.lake))


def _export(run: Run) -> pl.DataFrame:
    obligations = run.lake.scan(gold.OBLIGATIONS).collect()
    return every.gl_export_of(run.journal, computation_of(run.context, run.config, run.lake), obligations)


def _refunds(run: Run) -> pl.DataFrame:
    return refund_liabilities(run.journal, run.lake.scan(gold.OBLIGATIONS).collect())


def _restated(run: Run) -> pl.DataFrame:
    return every.restated_of(run.journal, computations_of(run.context, run.config, run.lake))


WATERFALL = _report(gold.REVENUE_WATERFALL, _waterfall, "booked", "recognised")
BALANCES = _report(gold.CONTRACT_BALANCES, _balances)
REMAINING = _report(gold.REMAINING_OBLIGATIONS, _remaining, "amount", deps=(gold.RECOGNITION_SCHEDULE,))
DISAGGREGATED = _report(
    gold.DISAGGREGATED_REVENUE, _disaggregated, "net_revenue", deps=(silver.PRODUCTS, silver.CUSTOMERS, gold.OBLIGATIONS)
)
PRIOR = _report(gold.PRIOR_PERIOD_REVENUE, _prior, "net_revenue")
TAX = _report(gold.TAX_PROOF, _tax, "invoiced", "net", "tax")
EXPORT = _report(gold.GL_EXPORT, _export, "debit", "credit", deps=(silver.POLICIES, gold.OBLIGATIONS))
REFUNDS = _report(gold.REFUND_LIABILITIES, _refunds, "closing", deps=(gold.OBLIGATIONS,))
RESTATED = _report(gold.RESTATED_BALANCES, _restated)
