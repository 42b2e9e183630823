"""Silver tables as assets: each run records what the pipelines have committed, and a gate stands behind it.

Behind all the gates stands the cut: the versions that the run computes gold from.
"""

from __future__ import annotations

import dagster as dg
import polars as pl

from dagster_project.policy import KINDS, asset_key, described
from expectations.judged import JudgedLakehouse
from expectations.suites import suite_of
from lakehouse.table import Layer, Table
from lakehouse.tables import bronze, quarantine, silver


def silver_assets() -> list[dg.AssetsDefinition]:
    """One asset for each silver table."""
    return [_observed(table) for table in silver.TABLES]


CUT = dg.AssetKey([str(Layer.SILVER), "cut"])


def cut_asset() -> dg.AssetsDefinition:
    """What the gates let through, all together: no rule reads a fact before every gate has spoken."""
    spec = dg.AssetSpec(
        CUT,
        deps=[asset_key(table) for table in silver.TABLES],
        description="The versions of silver and quarantine that a run computes gold from: each as far as it passed.",
        group_name=str(Layer.SILVER),
        owners=[silver.OWNER],
        kinds=KINDS,
    )

    @dg.multi_asset(specs=[spec], name="silver__cut")
    def cut(lakehouse: dg.ResourceParam[JudgedLakehouse]) -> dg.MaterializeResult[None]:
        versions = {t.qualified_name: lakehouse.version(t) for t in (*silver.TABLES, *quarantine.TABLES)}
        return dg.MaterializeResult(asset_key=CUT, metadata={"versions": dg.MetadataValue.json(versions)})

    return cut


def behind_the_gates(asset: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The same asset, which waits for the cut where it reads silver.

    A new input and not only a new dependency of the spec: in Dagster 1.13 the latter draws the edge and does not order
    the steps of a run.
    """
    reads_silver = any(dep.asset_key.path[0] == Layer.SILVER for spec in asset.specs for dep in spec.deps)
    if CUT in asset.keys_by_input_name.values() or not reads_silver:
        return asset
    with_dependency = asset.map_asset_specs(lambda spec: spec.merge_attributes(deps=[CUT]))
    return dg.AssetsDefinition(
        node_def=with_dependency.op,
        specs=list(with_dependency.specs),
        keys_by_input_name={**asset.keys_by_input_name, "_".join(CUT.path): CUT},
        keys_by_output_name=asset.keys_by_output_name,
    )


def bronze_specs() -> list[dg.AssetSpec]:
    """Bronze as it stands outside: the pipelines write it, no run does."""
    return [described(dg.AssetSpec(asset_key(table)), table) for table in bronze.TABLES]


def upstream(table: Table) -> list[Table]:
    """Tables that must have passed before this one is judged: bronze, the register, and the silver that its suite reads."""
    if table is silver.SOURCE_EVENTS:
        return list(bronze.TABLES)
    reads = [read.table for read in suite_of(table).reads if read.table.layer is Layer.SILVER]
    return [*bronze.TABLES, silver.SOURCE_EVENTS, *reads]


def _observed(table: Table) -> dg.AssetsDefinition:
    spec = described(dg.AssetSpec(asset_key(table), deps=[asset_key(other) for other in upstream(table)]), table)

    @dg.multi_asset(specs=[spec], name=f"silver__{table.name}")
    def observed(lakehouse: dg.ResourceParam[JudgedLakehouse]) -> dg.MaterializeResult[None]:
        committed = lakehouse.everything
        version = committed.version(table)
        rows = int(committed.scan(table).select(pl.len()).collect().item())
        metadata: dict[str, dg.MetadataValue] = {"dagster/row_count": dg.MetadataValue.int(rows)}
        if version is not None:
            metadata["delta_version"] = dg.MetadataValue.int(version)
        return dg.MaterializeResult(asset_key=spec.key, metadata=metadata)

    return observed
