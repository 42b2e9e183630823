"""How a gold table becomes a Dagster asset: key, description and owner come from the table's declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets.config import RefreshConfig, as_of_day
from assets.cut import current_cut, facts_at
from assets.pipeline import Computation, observe_and_recognise
from lakehouse.store import Lakehouse
from lakehouse.table import Table

CODE_VERSION = "1"


def key_of(table: Table) -> dg.AssetKey:
    """Where a table stands in the graph: layer and name."""
    return dg.AssetKey([table.layer.value, table.name])


def gold_asset(table: Table, *, group: str, deps: Sequence[Table]) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Decorator of a function that materialises one gold table."""
    return dg.asset(
        key=key_of(table),
        group_name=group,
        owners=[table.owner],
        kinds={"polars", "deltalake"},
        description=table.description,
        code_version=CODE_VERSION,
        deps=[key_of(source) for source in deps],
    )


@dataclass(frozen=True)
class _Last:
    """The last computation, and what it was of."""

    lake: Lakehouse
    cut: dict[str, int]
    as_of: date
    computation: Computation


_last: list[_Last] = []


def computation_of(context: dg.AssetExecutionContext, config: RefreshConfig, lake: Lakehouse) -> Computation:
    """The facts of the cut and all of recognition. Assets of a run follow each other and share one computation."""
    cut, as_of = dict(config.cut) or current_cut(lake), as_of_day(context, config)
    for last in _last:
        if last.lake is lake and (last.cut, last.as_of) == (cut, as_of):
            return last.computation
    _last.clear()  # before the next is made: two of them at once may not fit into memory
    computation = observe_and_recognise(facts_at(lake, cut), as_of)
    _last[:] = [_Last(lake, cut, as_of, computation)]
    return computation


def replaced(lake: Lakehouse, table: Table, frame: pl.DataFrame, *totals: str, as_of: date) -> dg.MaterializeResult[Any]:
    """Replace a gold table and report rows, version and control totals. Its commit says as of which day it is."""
    version = lake.replace(table, frame, metadata={"as_of": as_of.isoformat()})
    return report(frame, version, *totals)


def report(frame: pl.DataFrame, version: int | None, *totals: str) -> dg.MaterializeResult[Any]:
    """What is shown of a materialisation: rows, Delta version, and the sum of each amount by currency."""
    metadata: dict[str, Any] = {"dagster/row_count": frame.height, "delta_version": version}
    if totals:
        sums = frame.group_by("currency").agg(pl.col(totals).sum()).sort("currency", nulls_last=True)
        metadata["control_totals"] = dg.MetadataValue.json(
            {str(row["currency"]): {name: str(row[name]) for name in totals} for row in sums.to_dicts()}
        )
    return dg.MaterializeResult(metadata=metadata)
