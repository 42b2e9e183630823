"""`rtr demo`: the main job on a simulated company, its figures beside the simulator's truth."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from cli import simulate as simulate_command
from cli import verify as verify_command
from cli.ingest import ingest_here
from cli.terminal import lakehouse, out, print_table
from lakehouse.currencies import exponents
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold

Numbers = dict[tuple[str, str, str], Decimal]

FIGURES = ("recognised", "deferred", "mrr")
COLUMNS = ("month", "recognised", "truth", "deferred", "truth", "MRR", "truth")


@dataclass(frozen=True)
class Difference:
    """One figure of the marts that is not the truth."""

    currency: str
    month: str
    figure: str
    ours: Decimal
    truth: Decimal


def demo(
    to: Annotated[
        Path, typer.Option("--out", help="Folder for the events, the truth and the lakehouse; emptied first.")
    ] = Path("demo-data"),
    months: Annotated[int, typer.Option(min=1)] = 18,
    customers: Annotated[int, typer.Option(min=1)] = 500,
    seed: Annotated[int, typer.Option()] = 7,
) -> None:
    """Simulate a company, ingest its events in disorder, refresh, verify, and compare with the truth to the cent."""
    from dagster_project.refresh import refresh

    began = time.monotonic()
    if to.exists():
        if any(to.iterdir()) and not (to / "truth.json").exists():
            raise RtrError("NOT_A_DEMO", f"{to} holds something else.", "Choose another folder with --out.")
        shutil.rmtree(to)
    out.rule("1  simulate")
    simulate_command.simulate(
        to,
        months,
        customers,
        seed,
        datetime(2025, 1, 1),
        duplicates=0.05,
        late=0.05,
        shuffle=True,
        malformed=0.001,
    )
    root = str(to / "lakehouse")
    out.rule("2  ingest")
    from pipelines.feeds import Feed, IngestOptions

    ingest_here(lakehouse(root), [Feed("stripe", str(to / "events" / "*.jsonl"))], IngestOptions())
    out.rule("3  refresh, gates included")
    lake = lakehouse(root)
    truth = json.loads((to / "truth.json").read_text())
    result = refresh(lake.root, as_of=date.fromisoformat(truth["as_of"]))
    if not result.success:
        raise RtrError(
            "REFRESH_FAILED", f"Run {result.run_id} failed: {result.failed_checks}{result.failed_steps}.", "See rtr up."
        )
    out.print(f"{len(result.materialised)} tables as of {truth['as_of']} in {result.duration:.1f} s.", highlight=False)
    out.rule("4  verify")
    lawful = verify_command.run(lake)
    out.rule("5  the numbers, beside the simulator's truth")
    wrong = print_numbers(lake, truth)
    out.print(
        f"\n{time.monotonic() - began:.0f} s in all. Look further:\n"
        f'  rtr sql --lakehouse {root} "from gold.deferred_rollforward order by all"\n'
        f"  rtr quarantine list --lakehouse {root}\n"
        f"  rtr up --lakehouse {root}      the graph, the gates and this run in the Dagster UI",
        highlight=False,
    )
    if wrong or not lawful:
        raise RtrError(
            "DEMO_FAILED", f"{len(wrong)} figures differ from the truth.", "A rule is broken: `make test` says which."
        )
    sys.stdout.flush()


def our_numbers(scan: Callable[[Table], pl.LazyFrame]) -> Numbers:
    """(currency, month, figure) to amount, from the gold tables that `scan` gives."""
    marts = [
        (gold.REVENUE_BY_MONTH, "accounting_period", {"recognised": "net_revenue"}),
        (gold.DEFERRED_ROLLFORWARD, "accounting_period", {"deferred": "closing"}),
        (gold.MRR_BY_MONTH, "month", {"mrr": "closing"}),
    ]
    numbers: Numbers = {}
    for table, month, figures in marts:
        rows = (
            scan(table).select("currency", pl.col(month).dt.strftime("%Y-%m").alias("month"), *figures.values()).collect()
        )
        for row in rows.iter_rows(named=True):
            for figure, column in figures.items():
                numbers[row["currency"], row["month"], figure] = row[column]
    return numbers


def true_numbers(truth: dict[str, Any]) -> Numbers:
    """The same of the simulator's truth."""
    return {
        (currency, month, figure): Decimal(row[figure])
        for currency, by_month in truth["currencies"].items()
        for month, row in by_month.items()
        for figure in FIGURES
    }


def differences(ours: Numbers, truth: Numbers) -> list[Difference]:
    """Every figure of the truth's months that is not equal to the cent; a figure that is absent is zero."""
    months = {month for _, month, _ in truth}
    keys = truth.keys() | {key for key in ours if key[1] in months}
    zero = Decimal(0)
    return [
        Difference(*key, ours.get(key, zero), truth.get(key, zero))
        for key in sorted(keys)
        if ours.get(key, zero) != truth.get(key, zero)
    ]


def print_numbers(lake: Lakehouse, truth: dict[str, Any]) -> list[Difference]:
    """Recognised, deferred and MRR by month beside the truth, a table a currency; the figures that differ."""
    ours, expected = our_numbers(lake.scan), true_numbers(truth)
    for currency in sorted({key[0] for key in expected}):
        months = sorted({key[1] for key in expected if key[0] == currency})
        print_table(currency, COLUMNS, (_row(ours, expected, currency, month) for month in months))
    wrong = differences(ours, expected)
    count = len(expected)
    if wrong:
        out.print(f"[bold red]{len(wrong)} of {count} figures differ from the truth[/]")
    else:
        out.print(f"[bold green]All {count} figures equal the truth to the cent.[/]")
    return wrong


def _row(ours: Numbers, truth: Numbers, currency: str, month: str) -> list[str]:
    digits = exponents()[currency]
    cells = [month]
    for figure in FIGURES:
        mine, theirs = (numbers.get((currency, month, figure), Decimal(0)) for numbers in (ours, truth))
        cells += [f"{mine:,.{digits}f}", ("" if mine == theirs else "≠ ") + f"{theirs:,.{digits}f}"]
    return cells
