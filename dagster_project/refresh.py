"""`refresh`: run the refresh job in this process, on the Dagster instance that the UI shows.

Silver tables that have not changed since they passed are left out of the run: they have nothing new to be judged.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import dagster as dg

from assets.gold_asset import stand
from dagster_project.checks import CHECK_NAME
from dagster_project.home import open_instance
from dagster_project.policy import asset_key, table_of
from dagster_project.quiet import QUIET
from dagster_project.silver import CUT
from dagster_project.triggers import JOB_NAME
from expectations.judged import JudgedLakehouse
from expectations.suites import suite_of
from expectations.watermarks import compact_results
from lakehouse.errors import RtrError
from lakehouse.table import Layer, Table
from lakehouse.tables import silver

__all__ = ["RefreshResult", "refresh"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class RefreshResult:
    """What a refresh did. `failed_checks` names tables that stopped what is downstream, `failed_steps` what broke.

    `materialised` are the qualified names of the tables observed or computed; `duration` is in seconds. `contracts`
    says how many were computed, None where all were.
    """

    success: bool
    run_id: str
    failed_checks: tuple[str, ...]
    failed_steps: tuple[str, ...]
    materialised: tuple[str, ...]
    duration: float
    contracts: int | None = None


def refresh(
    lake_root: str,
    *,
    as_of: date,
    select: str | None = None,
    instance: dg.DagsterInstance | None = None,
    progress: Progress | None = None,
    definitions: dg.Definitions | None = None,
    full: bool = False,
) -> RefreshResult:
    """Judge what is new in silver and bring gold up to it as of a day.

    Contracts that nothing new is known of stay as they are, where that can be told (`assets.incremental`), unless `full` or
    a selection asks for all.

    `select` is a Dagster asset selection, such as 'gold/mrr_by_month' or '+gold/journal'; the silver gates that have
    something to judge always run. Raises RtrError BAD_SELECTION where it selects nothing.
    """
    began = time.monotonic()
    defs = definitions or _definitions()
    lake = JudgedLakehouse(lake_root)
    selected = _selected(defs, lake, select)
    run_id = str(uuid.uuid4())
    own = instance or open_instance(lake_root)
    try:
        if progress is not None:
            own.add_event_listener(run_id, lambda entry: _tell(progress, entry))
        result = defs.resolve_job_def(JOB_NAME).execute_in_process(
            run_config=_run_config(defs, selected, lake_root, as_of, incremental=select is None and not full),
            instance=own,
            raise_on_error=False,
            asset_selection=selected,
            run_id=run_id,
        )
    finally:
        if instance is None:
            own.dispose()
    compact_results(lake.everything)
    contracts = stand(JudgedLakehouse(lake_root), run_id, as_of) if result.success and select is None else None
    return _result(result, run_id, time.monotonic() - began, contracts)


@cache
def _definitions() -> dg.Definitions:
    from dagster_project.definitions import defs  # loads every asset: seconds, once a process

    return defs


def _selected(defs: dg.Definitions, lake: JudgedLakehouse, select: str | None) -> list[dg.AssetKey]:
    graph = defs.resolve_asset_graph()
    every = graph.materializable_asset_keys
    if select is None:
        chosen = {key for key in every if key.path[0] == Layer.GOLD}
    else:
        chosen = _chosen(defs, select) & every
        if not chosen:
            raise RtrError("BAD_SELECTION", f"{select!r} selects no asset.", "Name one such as gold/journal; see `rtr up`.")
    to_judge = {asset_key(table) for table in silver.TABLES if has_something_to_judge(lake, table)}
    return sorted(chosen | to_judge | {CUT})


def _chosen(defs: dg.Definitions, select: str) -> set[dg.AssetKey]:
    try:
        return set(dg.AssetSelection.from_string(select).resolve(defs.resolve_asset_graph()))
    except dg.DagsterError as error:
        reason = str(error).splitlines()[0]
        raise RtrError("BAD_SELECTION", f"{select!r}: {reason}", "Name one such as gold/journal; see `rtr up`.") from error


def has_something_to_judge(lake: JudgedLakehouse, table: Table) -> bool:
    """Whether a silver table, or another that lets its waiting rows be judged, has moved since it passed its gate."""
    committed = lake.everything
    version, passed = committed.version(table), lake.passed(table)
    if version is None:
        return False
    if passed is None or passed.version != version:
        return True
    settling = [read.table for read in suite_of(table).reads if read.settles]
    return any(passed.context_versions.get(other.qualified_name) != committed.version(other) for other in settling)


def _run_config(
    defs: dg.Definitions, selected: list[dg.AssetKey], lake_root: str, as_of: date, *, incremental: bool
) -> dict[str, Any]:
    """`as_of` and `incremental` for every asset that takes them, and no log on the terminal."""
    told = {"as_of": as_of.isoformat(), "incremental": incremental}
    ops: dict[str, Any] = {}
    for key in selected:
        op = defs.resolve_assets_def(key).op
        fields = getattr(op.config_field.config_type, "fields", {}) if op.config_field else {}
        named = {name: value for name, value in told.items() if name in fields}
        if named:
            ops[op.name] = {"config": named}
    resources = {"lakehouse": {"config": {"root": lake_root}}}
    return {"ops": ops, "resources": resources, "loggers": {QUIET: {}}}


def _tell(progress: Progress, entry: dg.EventLogEntry) -> None:
    event = entry.dagster_event
    if event is not None and event.event_type is dg.DagsterEventType.STEP_START:
        step = (event.step_key or "").replace("__", ".")
        judged = step.removesuffix(f"_{CHECK_NAME}")
        progress(step if judged == step else f"gate of {judged}")


def _result(result: dg.ExecuteInProcessResult, run_id: str, duration: float, contracts: int | None) -> RefreshResult:
    checks = tuple(
        _name(check.asset_key)
        for check in result.get_asset_check_evaluations()
        if check.blocking and not check.passed and check.severity is dg.AssetCheckSeverity.ERROR
    )
    materialised = tuple(
        _name(event.asset_key)
        for event in result.all_events
        if event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION and event.asset_key not in (None, CUT)
    )
    steps = tuple(
        f"{event.step_key}: {_reason(event)}"
        for event in result.all_events
        if event.event_type is dg.DagsterEventType.STEP_FAILURE and not _is_gate(event)
    )
    return RefreshResult(result.success, run_id, checks, steps, materialised, duration, contracts)


def _name(key: dg.AssetKey | None) -> str:
    if key is None:
        return ""
    table = table_of(key)
    return table.qualified_name if table else key.to_user_string()


def _is_gate(event: dg.DagsterEvent) -> bool:
    """A gate that blocked is reported as a check, not as a broken step."""
    error = event.step_failure_data.error
    return error is not None and "DagsterAssetCheckFailedError" in (error.cls_name or "")


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    cause = (error.cause or error) if error is not None else None
    return cause.message.strip().splitlines()[0] if cause is not None else "failed"
