"""The real assets behind the real gates, on one invoice: 90 USD for January to March and 9 USD of tax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import dagster as dg
import polars as pl
import pytest

from dagster_project.refresh import RefreshResult, refresh
from dagster_project.silver import CUT
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops
from tests.dagster_project.conftest import ingest_one_invoice

DAY = date(2025, 4, 1)


@dataclass(frozen=True)
class Run:
    """A lakehouse after one refresh, and the instance that keeps the run."""

    lake: Lakehouse
    instance: dg.DagsterInstance
    result: RefreshResult


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    lake = Lakehouse(tmp_path_factory.mktemp("whole") / "lake")
    ingest_one_invoice(lake)
    with dg.DagsterInstance.ephemeral() as instance:
        yield Run(lake, instance, refresh(lake.root, as_of=DAY, instance=instance))


def test_invoice_becomes_revenue(run: Run) -> None:
    assert (run.result.success, run.result.failed_checks, run.result.failed_steps) == (True, (), ())
    months = run.lake.scan(gold.REVENUE_BY_MONTH).sort("accounting_period").select("net_revenue").collect()
    # 90 days, a dollar a day
    assert months.to_series().to_list() == [Decimal(31), Decimal(28), Decimal(31)]


def test_every_gold_table_is_materialised_and_judged(run: Run) -> None:
    names = {table.qualified_name for table in gold.TABLES}
    judged = run.lake.scan(ops.GATE_RESULTS).filter(run_id=run.result.run_id).collect()
    assert names <= set(run.result.materialised)
    assert names <= set(judged.get_column("table_name"))
    assert judged.filter(~pl.col("success")).is_empty()


def test_run_records_the_versions_it_computed_from(run: Run) -> None:
    event = run.instance.get_latest_materialization_event(CUT)
    assert event is not None
    assert event.asset_materialization is not None
    versions = event.asset_materialization.metadata["versions"].value
    assert isinstance(versions, dict)
    assert versions["silver.documents"] == 1
    assert versions["silver.policies"] is None


def test_second_run_changes_no_balance(run: Run) -> None:
    before = run.lake.scan(gold.TRIAL_BALANCE).sort("account", "accounting_period").collect()
    assert refresh(run.lake.root, as_of=DAY, instance=run.instance).success
    assert run.lake.scan(gold.TRIAL_BALANCE).sort("account", "accounting_period").collect().equals(before)
