"""`rtr refresh`: materialise the Dagster assets, gates included."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli.terminal import DEFAULT_ROOT, Root, err, lakehouse, out
from lakehouse.errors import RtrError
from lakehouse.tables import silver


def refresh(
    root: Root = DEFAULT_ROOT,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day up to which time has passed; default today, UTC.")
    ] = None,
    select: Annotated[str | None, typer.Option(help="Dagster asset selection, such as 'gold/mrr_by_month'.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Compute every contract anew, whatever changed.")] = False,
) -> None:
    """Recompute what changed, from silver to gold, gates included. The run is visible in the Dagster UI."""
    from dagster_project.refresh import refresh as run

    lake = lakehouse(root)
    if not lake.exists(silver.SOURCE_EVENTS):
        raise RtrError("NOTHING_INGESTED", f"There is nothing to refresh below {root}.", "Run `rtr ingest` first.")
    day = (as_of or datetime.now(UTC)).date()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("refreshing", total=None)
        result = run(
            lake.root, as_of=day, select=select, full=full, progress=lambda text: bar.update(task, description=text)
        )
    if not result.success:
        failed = ", ".join([*result.failed_checks, *result.failed_steps]) or "the run"
        raise RtrError(
            "REFRESH_FAILED",
            f"Run {result.run_id} did not pass: {failed}.",
            '`rtr sql "from ops.gate_results where not success"` says which rows; `rtr up` shows the run.',
        )
    touched = "every contract" if result.contracts is None else f"{result.contracts:,} contracts"
    out.print(
        f"{len(result.materialised)} tables as of {day} from {touched} in {result.duration:.1f} s, run {result.run_id}.",
        highlight=False,
    )
