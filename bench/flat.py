"""Flat cost: the same batch into a small and into a large table, in turns."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from statistics import median

from bench.machine import describe
from bench.native_events import EventMaker
from bench.prefill import prefill
from lakehouse.store import Lakehouse
from lakehouse.tables import silver
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest, prepare

# Every event goes through the register; usage is most of the events, and has most of the rows.
LARGE = (silver.SOURCE_EVENTS, silver.USAGE)
ROWS_A_FILE = 1_000_000


def run(
    small: int = 1_000_000,
    large: int = 50_000_000,
    batch: int = 100_000,
    rounds: int = 9,
    folder: Path = Path("bench-data"),
) -> float:
    """Time batches into tables of both sizes; returns how many times as long the median one took into the large ones."""
    place = folder / "flat"
    shutil.rmtree(place, ignore_errors=True)
    lakes = {rows: Lakehouse(place / str(rows)) for rows in (small, large)}
    for rows, lake in lakes.items():
        for table in LARGE:
            prefill(lake, table, rows // ROWS_A_FILE, ROWS_A_FILE)
        prepare(lake, ["native"])
    seconds: dict[int, list[float]] = {rows: [] for rows in lakes}
    maker = EventMaker()
    for round_number in range(-1, rounds):  # the first round warms up and is not counted
        inbox = place / f"in-{round_number}"
        inbox.mkdir()
        (inbox / "events.jsonl").write_bytes(maker.lines(f"b{round_number}", batch))
        for rows, lake in lakes.items():
            began = time.perf_counter()
            done = ingest(lake, [Feed("native", str(inbox))], IngestOptions())
            if round_number >= 0:
                seconds[rows].append(time.perf_counter() - began)
            assert done.accepted == batch, done
    ratio = median(seconds[large]) / median(seconds[small])
    print(f"\na batch of {batch:,} events, {rounds} rounds in turns, on {describe()}\n")
    print("| rows in the register and in usage | median s | slowest s |")
    print("|---|---|---|")
    for rows, taken in seconds.items():
        print(f"| {rows:,} | {median(taken):.2f} | {max(taken):.2f} |")
    print(f"\n{ratio:.2f} times as long into the large tables")
    shutil.rmtree(place)
    return ratio
