"""The whole graph loads, and every asset says whose it is, what it is and what is expected of it."""

from __future__ import annotations

from functools import cache

import dagster as dg
import pytest

from dagster_project.definitions import defs
from dagster_project.policy import asset_key
from dagster_project.triggers import JOB_NAME
from lakehouse.table import Table
from lakehouse.tables import bronze, gold, silver

JUDGED = silver.TABLES + gold.TABLES


@cache
def specs() -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in defs.resolve_all_asset_specs()}


def test_definitions_load() -> None:
    dg.Definitions.validate_loadable(defs)
    assert defs.resolve_job_def(JOB_NAME).name == "refresh"


@pytest.mark.parametrize("table", JUDGED + bronze.TABLES, ids=lambda t: t.qualified_name)
def test_table_is_an_asset_with_owner_group_and_description(table: Table) -> None:
    spec = specs()[asset_key(table)]
    assert spec.owners == [table.owner]
    assert spec.group_name not in (None, "default")
    assert len(spec.description or "") > 10
    assert spec.metadata["dagster/table_name"] == table.qualified_name


def test_every_silver_and_gold_table_has_a_gate() -> None:
    checked = {check.asset_key for check in defs.resolve_asset_graph().asset_check_keys}
    assert checked == {asset_key(table) for table in JUDGED}


def test_every_gate_blocks() -> None:
    graph = defs.resolve_asset_graph()
    assert all(graph.get_check_spec(check).blocking for check in graph.asset_check_keys)


@pytest.mark.parametrize("table", gold.TABLES, ids=lambda t: t.qualified_name)
def test_gold_stands_behind_the_register(table: Table) -> None:
    register = dg.AssetSelection.assets(asset_key(silver.SOURCE_EVENTS)).downstream()
    assert asset_key(table) in register.resolve(defs.resolve_asset_graph())


def test_nothing_runs_by_itself_until_turned_on() -> None:
    assert all(sensor.default_status is dg.DefaultSensorStatus.STOPPED for sensor in defs.sensors or [])
    assert all(
        s.default_status is dg.DefaultScheduleStatus.STOPPED for s in defs.schedules or [] if hasattr(s, "default_status")
    )
