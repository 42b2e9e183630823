"""`rtr quarantine`: what was rejected, why, and again."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import polars as pl
import typer

from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out, print_table

app = typer.Typer(help="What was rejected, why, and again.", no_args_is_help=True)

Key = Annotated[str, typer.Argument(help="Key of the record, or how it begins.")]
LISTED = 50


@app.command("list")
def list_(
    root: Root = DEFAULT_ROOT, code: Annotated[str | None, typer.Option(help="Only records of this code.")] = None
) -> None:
    """Count what waits by system and code, and list the newest."""
    from pipelines.replay import chosen

    rows = chosen(lakehouse(root), None, code)
    if rows.is_empty():
        out.print("Nothing waits.")
        return
    counts = rows.group_by("stage", "source", "code", "remedy").len().sort("len", descending=True)
    columns = ["stage", "source", "code", "remedy", "len"]
    print_table(f"{rows.height:,} waiting", columns, counts.select(columns).rows(), right_from=4)
    newest = rows.sort("rejected_at", descending=True).head(LISTED)
    print_table(
        "Newest", ["key", "code", "message"], newest.select("quarantine_key", "code", "message").rows(), right_from=3
    )


@app.command()
def show(key: Key, root: Root = DEFAULT_ROOT) -> None:
    """Show records whole, with the payload as it was received."""
    from pipelines.replay import chosen

    for row in chosen(lakehouse(root), key, None).iter_rows(named=True):
        for name, value in row.items():
            if value is not None:
                text = value.decode("utf-8", "replace")[:4000] if isinstance(value, bytes) else value
                out.print(f"[bold]{name:>22}[/] ", end="")
                out.print(str(text), markup=False, highlight=False)
        out.print()


@app.command()
def replay(
    root: Root = DEFAULT_ROOT,
    key: Annotated[str | None, typer.Option(help="Only records whose key begins so.")] = None,
    code: Annotated[str | None, typer.Option(help="Only records of this code.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge, but take nothing in.")] = False,
) -> None:
    """Judge what waits anew; what passes now is taken in exactly once, the rest goes on waiting."""
    from pipelines.replay import replay as run

    lake, now = lakehouse(root), datetime.now(UTC)
    result = run(lake, key, code, now=now, dry_run=dry_run)
    taken_in, still_wrong = result.replayed, result.still_wrong
    if key is None and (code is None or code.startswith("GATE_")):
        from expectations.rejudge import rejudge

        judged = rejudge(lake, now=now, dry_run=dry_run)
        taken_in += judged.released
        still_wrong = pl.concat([still_wrong, judged.still_wrong.select(still_wrong.columns)])
    out.print(f"{taken_in:,} {'would pass' if dry_run else 'replayed'}, {still_wrong.height:,} still wrong.")
    if taken_in and not dry_run:
        out.print("Run `rtr refresh` next.")
    if still_wrong.height:
        reasons = still_wrong.group_by("code", "remedy").agg(pl.len(), pl.col("message").first()).sort("code")
        columns = ["code", "message", "remedy", "len"]
        print_table("Still wrong", columns, reasons.select(columns).rows(), right_from=3)


@app.command()
def dismiss(
    key: Key,
    reason: Annotated[str, typer.Option(help="Why; kept with the record.")],
    root: Root = DEFAULT_ROOT,
) -> None:
    """Close records without taking them in; of a conflict this keeps the content that was accepted."""
    from pipelines.replay import dismiss as run

    count = run(lakehouse(root), key, reason=reason, author=getpass.getuser(), now=datetime.now(UTC))
    out.print(f"{count:,} dismissed.")
