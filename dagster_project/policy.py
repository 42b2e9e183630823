"""Policy that cuts across all assets, applied by mapping specs: names, owners, groups, kinds, schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from lakehouse.table import Table
from lakehouse.tables import BY_NAME
from lakehouse.types import ARROW_TYPES

KINDS = {"deltalake"}


def asset_key(table: Table) -> dg.AssetKey:
    """The first part of a key is the layer: the folder of the table, and its schema in SQL."""
    return dg.AssetKey([str(table.layer), table.name])


def table_of(key: dg.AssetKey) -> Table | None:
    """The declared table of an asset; None where the asset is no table."""
    return BY_NAME.get(".".join(key.path))


def described(spec: dg.AssetSpec, table: Table) -> dg.AssetSpec:
    """The spec with what the declaration of its table says; what the asset says itself stands."""
    return spec.replace_attributes(
        description=spec.description or table.description,
        group_name=spec.group_name if spec.group_name not in (None, "default") else str(table.layer),
        owners=list(spec.owners) or [table.owner],
        kinds=set(spec.kinds) or KINDS,
        metadata={**_metadata(table), **spec.metadata},
    )


def with_policy(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Every asset of a declared table says what its declaration says."""
    table = table_of(spec.key)
    return described(spec, table) if table else spec


def _metadata(table: Table) -> Mapping[str, Any]:
    columns = [
        dg.TableColumn(
            column.name,
            str(ARROW_TYPES[column.kind]),
            description=column.description,
            constraints=dg.TableColumnConstraints(nullable=not column.required, unique=table.key == (column.name,)),
        )
        for column in table.columns
    ]
    return {
        "dagster/column_schema": dg.TableSchema(columns=columns),
        "dagster/table_name": table.qualified_name,
        "dagster/storage_kind": "deltalake",
        "key": ", ".join(table.key),
    }
