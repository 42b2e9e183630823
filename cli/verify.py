"""`rtr verify`: check the laws on a live lakehouse."""

from __future__ import annotations

import typer

from cli.terminal import DEFAULT_ROOT, Root, lakehouse, out
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import silver


def verify(root: Root = DEFAULT_ROOT) -> None:
    """Check the laws, one line each; exit 1 on any breach."""
    if not run(lakehouse(root)):
        raise typer.Exit(1)


def run(lake: Lakehouse) -> bool:
    """Print a line a law; True when all hold."""
    from cli.laws import LAWS

    if not lake.exists(silver.SOURCE_EVENTS):
        raise RtrError("NOTHING_INGESTED", f"There is nothing to verify below {lake.root}.", "Run `rtr ingest` first.")
    holds = True
    for law in LAWS:
        try:
            finding = law.check(lake)
        except RtrError:
            raise
        except Exception as error:  # noqa: BLE001  a table too damaged to be read is a breach, not a crash
            out.print(f"[bold red]BREACH[/] law {law.number}  {law.name}: cannot be checked: {error}", highlight=False)
            holds = False
            continue
        mark = "[bold green]holds [/]" if finding.holds else "[bold red]BREACH[/]"
        out.print(f"{mark} law {law.number}  {law.name}: {finding.evidence}", highlight=False)
        for breach in finding.breaches:
            out.print(f"              {breach}", highlight=False)
        holds &= finding.holds
    return holds
