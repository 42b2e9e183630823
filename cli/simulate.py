"""`rtr simulate`: vendor-shaped events of a company whose truth is known."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cli.terminal import err, out


def simulate(
    to: Annotated[Path, typer.Option("--out", help="Folder to write events/*.jsonl and truth.json to.")],
    months: Annotated[int, typer.Option(min=1, max=240, help="How many months.")] = 18,
    customers: Annotated[int, typer.Option(min=1, help="How many customers sign up.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = datetime(2025, 1, 1),
    duplicates: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of events delivered twice.")] = 0.0,
    late: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of events delivered in a later file.")] = 0.0,
    shuffle: Annotated[bool, typer.Option("--shuffle", help="Events of a file in random order.")] = False,
    malformed: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of broken lines added.")] = 0.0,
) -> None:
    """Write Stripe-shaped events of a simulated SaaS company, with its truth beside them."""
    from pipelines.simulator import simulate as run

    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("simulating", total=None)
        result = run(
            to,
            months=months,
            customers=customers,
            seed=seed,
            start=start.date(),
            duplicates=duplicates,
            late=late,
            shuffle=shuffle,
            malformed=malformed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    out.print(
        f"{result.lines:,} lines in {len(result.files)} files below {to / 'events'}; the truth is in {to / 'truth.json'}."
    )
