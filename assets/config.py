"""What a refresh is told: as of which day, from which versions of the facts."""

from __future__ import annotations

from datetime import date, datetime

import dagster as dg
from pydantic import Field


class RefreshConfig(dg.Config):
    """Options of a refresh.

    `as_of`: last day that counts, ISO 8601; the UTC day on which the run was created where none is given. `cut`:
    versions of the input tables by qualified name; what each asset finds where none are given. A job that materialises
    several gold tables gives one cut to all (`assets.cut.current_cut`). `incremental`: compute only what changed since the
    last refresh, where that can be told; for a run of every gold table.
    """

    as_of: str | None = None
    cut: dict[str, int] = Field(default_factory=dict)
    incremental: bool = False


def run_created_at(context: dg.AssetExecutionContext) -> datetime:
    """When the run was created, as Dagster recorded it: the one clock of a refresh."""
    record = context.instance.get_run_record_by_id(context.run.run_id)
    if record is None:
        raise dg.DagsterInvariantViolationError(f"run {context.run.run_id} is not recorded")
    created: datetime = record.create_timestamp
    return created


def as_of_day(context: dg.AssetExecutionContext, config: RefreshConfig) -> date:
    """The day the refresh is as of."""
    return date.fromisoformat(config.as_of) if config.as_of else run_created_at(context).date()
