"""`rtr maintain`: compaction, checkpoints, and the removal of what nobody needs."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import track

from cli.ingest import stopping
from cli.terminal import DEFAULT_ROOT, Root, err, lakehouse, print_table
from lakehouse.errors import RtrError
from lakehouse.tables import BY_NAME


def maintain(
    root: Root = DEFAULT_ROOT,
    table: Annotated[
        list[str] | None, typer.Option("--table", help="Only this table, such as silver.cash; repeatable.")
    ] = None,
    min_files: Annotated[int, typer.Option(min=2, help="Compact a partition from so many small files on.")] = 20,
    every: Annotated[
        float | None, typer.Option("--every", min=1.0, help="Go on, so many seconds after each round, until interrupted.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
) -> None:
    """Merge small files, write checkpoints, and remove files that nobody needs. Ingests may run beside it."""
    from lakehouse.maintenance import Policy
    from lakehouse.maintenance import maintain as one

    if unknown := [name for name in table or [] if name not in BY_NAME]:
        raise RtrError("UNKNOWN_TABLE", f"There is no table {unknown[0]}.", "`rtr sql --catalog` lists the tables.")
    lake = lakehouse(root)
    policy = Policy(min_files=min_files)
    chosen = [BY_NAME[name] for name in table] if table else list(BY_NAME.values())
    present = [item for item in chosen if lake.exists(item)]
    if not present:
        raise RtrError(
            "NOTHING_INGESTED", f"There is no table below {root}.", "Run `rtr ingest` first, or check --lakehouse."
        )
    with stopping() as stop:
        while not stop.is_set():
            done = [
                one(lake, item, policy, dry_run=dry_run)
                for item in track(present, "maintaining", console=err, transient=True, disable=not err.is_terminal)
                if not stop.is_set()
            ]
            rows = [(d.table, d.files_before, d.files_after, d.partitions, d.removed, d.left_out) for d in done]
            title = "What would be done" if dry_run else "Maintained"
            columns = ("table", "files", "after", "compacted", "removed", "")
            print_table(title, columns, [row for row in rows if row[3] or row[4] or row[5]] or rows[:0])
            if every is None:
                return
            stop.wait(every)
