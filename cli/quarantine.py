"""`rtr quarantine`: what was rejected, why, and again."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out, print_table

if TYPE_CHECKING:
    from pipelines.replay import Choice

app = typer.Typer(help="What was rejected, why, and again.", no_args_is_help=True)

LISTED = 50
MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]

Key = Annotated[str, typer.Argument(help="Key of the record, or how it begins.")]
Code = Annotated[str | None, typer.Option(help="Only records of this code; docs/quarantine.md lists them.")]
System = Annotated[str | None, typer.Option(help="Only records of this system, such as stripe.")]
Since = Annotated[datetime | None, typer.Option(formats=MOMENTS, help="Only what was rejected at or after this (UTC).")]


def _choice(key: str | None, code: str | None, system: str | None, since: datetime | None) -> Choice:
    from pipelines.replay import Choice

    return Choice(key, code, system, since.replace(tzinfo=UTC) if since else None)


@app.command("list")
def list_(
    root: Root = DEFAULT_ROOT,
    code: Code = None,
    system: System = None,
    since: Since = None,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="What was replayed or dismissed, instead of what waits.")
    ] = False,
) -> None:
    """Count what waits by stage, system and code, and list the newest."""
    from pipelines import replay

    choice = _choice(None, code, system, since)
    if resolved:
        _list_resolved(replay.resolved(lakehouse(root)).filter(choice.condition).collect())
        return
    rows = replay.chosen(lakehouse(root), choice)
    if rows.is_empty():
        out.print("Nothing waits.")
        return
    columns = ["stage", "source", "code", "remedy", "len"]
    counts = rows.group_by(columns[:-1]).len().sort("len", *columns[:3], descending=[True, False, False, False])
    print_table(f"{rows.height:,} waiting", columns, counts.select(columns).rows(), right_from=4)
    newest = rows.sort("rejected_at", descending=True).head(LISTED)
    print_table(
        "Newest", ["key", "code", "message"], newest.select("quarantine_key", "code", "message").rows(), right_from=3
    )


def _list_resolved(rows: pl.DataFrame) -> None:
    if rows.is_empty():
        out.print("Nothing was replayed or dismissed.")
        return
    columns = ["outcome", "stage", "source", "code", "len"]
    counts = rows.group_by(columns[:-1]).len().sort(columns[:-1])
    print_table(f"{rows.height:,} resolved", columns, counts.select(columns).rows(), right_from=4)
    told = ["quarantine_key", "outcome", "reason", "author", "resolved_at"]
    latest = rows.sort("resolved_at", descending=True).head(LISTED).select(told)
    print_table("Latest", ["key", *told[1:]], latest.rows(), right_from=5)


@app.command()
def show(key: Key, root: Root = DEFAULT_ROOT) -> None:
    """Show records whole: why, what to do, what was done, and the payload as it was received."""
    from pipelines.replay import shown

    for row in shown(lakehouse(root), key).iter_rows(named=True):
        for name, value in row.items():
            if value is not None:
                text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                out.print(f"[bold]{name:>22}[/] ", end="")
                out.print(str(text), markup=False, highlight=False)
        out.print()


@app.command()
def replay(
    root: Root = DEFAULT_ROOT,
    key: Annotated[str | None, typer.Option(help="Only records whose key begins so.")] = None,
    code: Code = None,
    system: System = None,
    since: Since = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge, but take nothing in.")] = False,
    legal_entity: Annotated[
        str, typer.Option(help="Legal entity whose books the events belong to, as it was given to rtr ingest.")
    ] = "default",
) -> None:
    """Judge what waits anew; what passes now is taken in exactly once, the rest goes on waiting."""
    from expectations.rejudge import rejudge
    from pipelines.replay import replay as run

    lake, now, choice = lakehouse(root), datetime.now(UTC), _choice(key, code, system, since)
    result = run(lake, choice, now=now, dry_run=dry_run, legal_entity_id=legal_entity)
    judged = rejudge(lake, now=now, dry_run=dry_run, only=choice.condition)
    taken_in = result.replayed + judged.released
    still_wrong = pl.concat([result.still_wrong, judged.still_wrong.select(result.still_wrong.columns)])
    out.print(f"{taken_in:,} {'would pass' if dry_run else 'replayed'}, {still_wrong.height:,} still wrong.")
    if taken_in:
        out.print("Run it without --dry-run next." if dry_run else "Run `rtr refresh` next.")
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
