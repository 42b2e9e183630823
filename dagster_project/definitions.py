"""The whole graph: bronze outside, silver behind its gates, gold from the assets' domains. Wiring and policy only.

`dagster dev -m dagster_project.definitions` shows it; `rtr refresh` runs its job in the same Dagster instance.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import dagster as dg

import assets as domains
from dagster_project.checks import gate_check
from dagster_project.policy import asset_key, with_policy
from dagster_project.quiet import QUIET, quiet_logger
from dagster_project.resources import lakehouse_resource
from dagster_project.silver import behind_the_gates, bronze_specs, cut_asset, silver_assets
from dagster_project.triggers import JOB_NAME, refresh_after_midnight, refresh_when_facts_arrive
from expectations.suites import JUDGED_TABLES


def build(gold_assets: list[dg.AssetsDefinition]) -> dg.Definitions:
    """Definitions around some gold assets: each silver and gold table that is an asset gets its gate."""
    gold = [behind_the_gates(asset.map_asset_specs(with_policy)) for asset in gold_assets]
    assets = [*silver_assets(), cut_asset(), *gold]
    keys = {key for asset in assets for key in asset.keys}
    refresh = dg.define_asset_job(
        JOB_NAME,
        selection=dg.AssetSelection.all(),
        description="Judge what is new in silver, recompute gold from what passed, judge gold.",
    )
    return dg.Definitions(
        assets=[*bronze_specs(), *assets],
        asset_checks=[gate_check(table) for table in JUDGED_TABLES if asset_key(table) in keys],
        jobs=[refresh],
        sensors=[refresh_when_facts_arrive],
        schedules=[refresh_after_midnight],
        resources={"lakehouse": lakehouse_resource},
        loggers={QUIET: quiet_logger},
        # One process a run: it reads one cut of silver, computes recognition once, imports Great Expectations once.
        executor=dg.in_process_executor,
    )


def load_gold() -> list[dg.AssetsDefinition]:
    """The assets of every domain: assets/<domain>/assets.py."""
    folder = Path(str(domains.__path__[0]))
    modules = [
        import_module(f"{domains.__name__}.{path.parent.name}.assets") for path in sorted(folder.glob("*/assets.py"))
    ]
    return [asset for asset in dg.load_assets_from_modules(modules) if isinstance(asset, dg.AssetsDefinition)]


defs = build(load_gold())
