"""`rtr simulate`: vendor-shaped events of a company whose truth is known."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cli.terminal import err, out
from lakehouse.errors import RtrError


class Scenario(StrEnum):
    """Which company is simulated."""

    SAAS = "saas"
    GROUP = "group"


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
    scenario: Annotated[
        Scenario, typer.Option(help="saas: a company in Stripe. group: one whose sales run through many systems.")
    ] = Scenario.SAAS,
) -> None:
    """Write the events of a simulated company, with its truth beside them."""
    if scenario is Scenario.GROUP:
        _simulate_group(to, months, customers, seed, start, duplicates, late, shuffle, malformed)
        return
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


def _simulate_group(
    to: Path,
    months: int,
    customers: int,
    seed: int,
    start: datetime,
    duplicates: float,
    late: float,
    shuffle: bool,
    malformed: float,
) -> None:
    """The company of many systems, and how to ingest what each of them tells."""
    from pipelines.simulator.group import simulate_group as run

    if late or malformed:
        message = "The scenario group has no late and no broken records."
        raise RtrError("NOT_SIMULATED", message, "Leave out --late and --malformed, or choose --scenario saas.")
    first = start.date()
    made = run(to, months=months, customers=customers, seed=seed, start=first, duplicates=duplicates, shuffle=shuffle)
    out.print(
        f"{made.lines:,} lines of {len(made.files)} systems below {to / 'events'}; the truth is in {made.truth_path}."
    )
    for system, feed in made.feeds.items():
        out.print(f"  rtr ingest --system {feed} --path '{to / 'events' / system}-*.jsonl'", highlight=False)
