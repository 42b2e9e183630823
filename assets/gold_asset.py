"""How a gold table becomes a Dagster asset: key, description and owner come from the table's declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import Any, cast

import dagster as dg
import polars as pl

from assets.config import RefreshConfig, as_of_day, run_created_at
from assets.cut import current_cut, facts_at
from assets.facts.books import DEFAULT_BOOK, books_kept
from assets.incremental.run import Followed, brought, follow, make_indexes, replaced_in_full
from assets.incremental.standing import stands
from assets.incremental.tables import FOLLOWING, Change
from assets.pipeline import Computation, observe_and_recognise
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import silver

CODE_VERSION = "1"


def key_of(table: Table) -> dg.AssetKey:
    """Where a table stands in the graph: layer and name."""
    return dg.AssetKey([table.layer.value, table.name])


def gold_asset(table: Table, *, group: str, deps: Sequence[Table]) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Decorator of a function that materialises one gold table in full; where a run can follow a change, that is done."""
    asset = dg.asset(
        key=key_of(table),
        group_name=group,
        owners=[table.owner],
        kinds={"polars", "deltalake"},
        description=table.description,
        code_version=CODE_VERSION,
        deps=[key_of(source) for source in deps],
    )
    return lambda function: asset(_following(table, function) if table in FOLLOWING else function)


def _following(table: Table, in_full: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(in_full)
    def materialise(
        context: dg.AssetExecutionContext, config: RefreshConfig, lakehouse: Lakehouse
    ) -> dg.MaterializeResult[Any]:
        change = _change_of(context, config, lakehouse)
        if change is None:
            return cast("dg.MaterializeResult[Any]", in_full(context, config, lakehouse))
        rows, version = brought(lakehouse, table, change)
        return dg.MaterializeResult(metadata={"rows_changed": rows, "delta_version": version or lakehouse.version(table)})

    return materialise


@dataclass(frozen=True)
class _Last:
    """The last computations, one a book, and what they were of. `anew`: the run had begun with another cut."""

    lake: Lakehouse
    cut: dict[str, int]
    as_of: date
    computations: dict[str, Computation]
    run_id: str
    anew: bool


_last: list[_Last] = []
_followed: dict[str, Followed] = {}
"""By run; only that of the last is kept."""


def _change_of(context: dg.AssetExecutionContext, config: RefreshConfig, lake: Lakehouse) -> Change | None:
    """What a run that is told to follow changes has to follow; None where it must compute all."""
    if not config.incremental:
        return None
    run_id = context.run.run_id
    if run_id not in _followed:
        _followed.clear()
        cut, as_of = dict(config.cut) or current_cut(lake), as_of_day(context, config)
        _followed[run_id] = follow(lake, cut, as_of, run_created_at(context))
    return _followed[run_id].change


def stand(lake: Lakehouse, run_id: str, as_of: date) -> int | None:
    """Record that a run brought every gold table to one cut, so that the next run can follow from there.

    `lake` as it stands after the run. Returns how many contracts were computed, None where all were.
    """
    followed = _followed.pop(run_id, None)
    if followed is not None and followed.change is not None and followed.stood is not None:
        stands(lake, run_id, FOLLOWING, as_of, followed.cut, followed.stood.systems)
        return followed.change.increment.contracts()
    for last in _last:
        if last.run_id == run_id and not last.anew and last.cut == current_cut(lake):
            here = last.computations[DEFAULT_BOOK].observed.links.here
            make_indexes(lake, last.cut)
            stands(lake, run_id, FOLLOWING, as_of, last.cut, here)
    return None


def computation_of(
    context: dg.AssetExecutionContext, config: RefreshConfig, lake: Lakehouse, book: str = DEFAULT_BOOK
) -> Computation:
    """The facts of the cut and all of recognition, for one book. Assets of a run follow each other and share it."""
    cut, as_of = dict(config.cut) or current_cut(lake), as_of_day(context, config)
    run_id = context.run.run_id
    if not any(last.lake is lake and (last.cut, last.as_of) == (cut, as_of) for last in _last):
        # The old ones go before the next is made: both at once may not fit into memory.
        anew = any(last.run_id == run_id for last in _last)
        _last[:] = [_Last(lake, cut, as_of, {}, run_id, anew)]
    elif _last[0].run_id != run_id:
        _last[:] = [replace(_last[0], run_id=run_id, anew=False)]
    computations = _last[0].computations
    if book not in computations:
        computations[book] = observe_and_recognise(facts_at(lake, cut), as_of, book)
    return computations[book]


def computations_of(context: dg.AssetExecutionContext, config: RefreshConfig, lake: Lakehouse) -> list[Computation]:
    """One computation for each book that some entity keeps."""
    cut = dict(config.cut) or current_cut(lake)
    entities = facts_at(lake, cut)[silver.LEGAL_ENTITIES.name].collect()
    return [computation_of(context, config, lake, book) for book in books_kept(entities)]


def replaced(lake: Lakehouse, table: Table, frame: pl.DataFrame, *totals: str, as_of: date) -> dg.MaterializeResult[Any]:
    """Replace a gold table and report rows, version and control totals. Its commit says as of which day it is."""
    version = replaced_in_full(lake, table, frame, as_of)
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
