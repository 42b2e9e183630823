"""One simulation from the first second to the files on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.simulator.arrivals import open_shop
from pipelines.simulator.company import Company
from pipelines.simulator.disorder import Disorder
from pipelines.simulator.parameters import Parameters
from pipelines.simulator.truth import build_truth
from pipelines.simulator.truth_mrr import MrrHistory


@dataclass(frozen=True)
class SimulationResult:
    """What was written: event files in order of month, the truth beside them, its content, and the lines and bytes."""

    files: tuple[Path, ...]
    truth_path: Path
    truth: dict[str, Any]
    lines: int
    size: int


def simulate(
    out: Path,
    *,
    months: int = 18,
    customers: int = 500,
    seed: int = 7,
    start: date = date(2025, 1, 1),
    duplicates: float = 0.0,
    late: float = 0.0,
    shuffle: bool = False,
    malformed: float = 0.0,
    progress: Callable[[int, int], None] | None = None,
) -> SimulationResult:
    """Write Stripe-shaped events of a software company, and the truth about its revenue.

    Files: `out/events/stripe-YYYY-MM.jsonl`, one a month, one event a line, UTF-8; `out/truth.json`. Files of those names
    from an earlier run are replaced or removed. `duplicates`, `late` and `malformed` are shares of the distinct events;
    `progress` is called with (months done, months). Equal parameters give equal bytes; disorder changes no truth.
    Raises ValueError for a parameter out of range and OSError where `out` cannot be written.
    """
    parameters = Parameters(months, customers, seed, start, duplicates, late, shuffle, malformed)
    folder = Path(out) / "events"
    truth_path = Path(out) / "truth.json"
    folder.mkdir(parents=True, exist_ok=True)
    truth_path.unlink(missing_ok=True)
    for stale in folder.glob("stripe-????-??.jsonl"):
        stale.unlink()

    company = Company(parameters)
    disorder = Disorder(parameters)
    mrr = MrrHistory()
    open_shop(company)
    files: list[Path] = []
    lines_written = 0
    for month, (name, end) in enumerate(zip(parameters.month_names, parameters.month_starts[1:], strict=True)):
        company.run_until(end)
        mrr.snapshot(company.customers)
        lines = disorder.arrange(month, company.events.take())
        files.append(folder / f"stripe-{name}.jsonl")
        with files[-1].open("wb") as stream:
            stream.writelines(line + b"\n" for line in lines)
        lines_written += len(lines)
        if progress is not None:
            progress(month + 1, months)
    truth = build_truth(company, mrr, disorder)
    truth_path.write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    return SimulationResult(tuple(files), truth_path, truth, lines_written, sum(path.stat().st_size for path in files))
