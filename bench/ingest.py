"""Ingest against plain Polars + delta-rs, which does the same parse, normalise, unique and write.

Both write the same tables with the same rows, bronze included. The alternatives know nothing of duplicates of
earlier runs, crashes or positions: what they do is the least that any job of this kind must do.
Interleaved and warm in one process; the best of several rounds of each counts.
"""

from __future__ import annotations

import gc
import json
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from deltalake import write_deltalake

from bench.machine import describe
from lakehouse.store import Lakehouse
from lakehouse.tables import BY_NAME, bronze, quarantine, silver
from pipelines.ingest import Feed, IngestOptions, ingest
from pipelines.sources.file_source import FileSource
from pipelines.sources.files import list_files
from pipelines.systems import SYSTEMS
from pipelines.systems.interface import Batch, register
from pipelines.transforms.stage import bronze_rows, read_blocks, rejections

RANGE_BYTES = 64 * 2**20
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Measured:
    """One way of doing it: its name, the seconds of each round, and the rows that it wrote."""

    name: str
    seconds: list[float]
    rows: dict[str, int]

    @property
    def best(self) -> float:
        return min(self.seconds)


def normalised_frames(pattern: str) -> Frames:
    """The plain way up to the write: read, parse, normalise, unique by key."""
    parts: dict[str, list[pl.DataFrame]] = defaultdict(list)
    now = datetime.now(UTC)
    source = FileSource("stripe", pattern, RANGE_BYTES, lambda: lambda split: 0)
    source.rewind()
    for blocks in read_blocks(source.poll()):
        batch = Batch("stripe", "file", now, "default", pl.concat([block.records for _, block in blocks]))
        normalised = SYSTEMS["stripe"].normalise(batch)
        parts[silver.SOURCE_EVENTS.qualified_name].append(register(batch, normalised))
        parts[bronze.EVENTS.qualified_name].append(bronze_rows(batch, normalised))
        parts[quarantine.REJECTED.qualified_name].append(rejections(batch, normalised))
        for name, frame in normalised.facts.items():
            parts[name].append(frame)
    return {name: _unique(name, pl.concat(frames)) for name, frames in parts.items()}


def _unique(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return (
        frame
        if name == bronze.EVENTS.qualified_name
        else frame.unique(BY_NAME[name].key, keep="first", maintain_order=True)
    )


def plain_delta(pattern: str, root: Path) -> dict[str, int]:
    frames = normalised_frames(pattern)
    for name, frame in frames.items():
        table = BY_NAME[name]
        write_deltalake(root / table.path, frame.to_arrow(), partition_by=list(table.partition_by) or None)
    return {name: frame.height for name, frame in frames.items()}


def plain_parquet(pattern: str, root: Path) -> dict[str, int]:
    frames = normalised_frames(pattern)
    for name, frame in frames.items():
        folder = root / BY_NAME[name].path
        folder.mkdir(parents=True)
        frame.write_parquet(folder / "part.parquet", compression="zstd", compression_level=1)
    return {name: frame.height for name, frame in frames.items()}


def ours(pattern: str, root: Path) -> dict[str, int]:
    lake = Lakehouse(root)
    ingest(lake, [Feed("stripe", pattern)], IngestOptions())
    tables = (bronze.EVENTS, *silver.TABLES, quarantine.REJECTED)
    counts = {table.qualified_name: lake.open(table).count() for table in tables}
    return {name: count for name, count in counts.items() if count}


WAYS: dict[str, Callable[[str, Path], dict[str, int]]] = {
    "realtime-revenue": ours,
    "plain Polars + delta-rs": plain_delta,
    "plain Polars + Parquet": plain_parquet,
}


def run(megabytes: int = 500, rounds: int = 3, folder: Path = Path("bench-data")) -> list[Measured]:
    """Make the input if it is not there, run every way in turn, and print the table."""
    pattern, size, events = prepare(megabytes, folder)
    measured = {name: Measured(name, [], {}) for name in WAYS}
    for round_number in range(-1, rounds):  # the first round warms up and is not counted
        for name, way in WAYS.items():
            with tempfile.TemporaryDirectory(dir=folder) as root:
                gc.collect()
                began = time.perf_counter()
                rows = way(pattern, Path(root))
                seconds = time.perf_counter() - began
            measured[name].rows.update({table: count for table, count in rows.items() if count})
            if round_number >= 0:
                measured[name].seconds.append(seconds)
            print(f"  round {round_number + 1}  {name:<26} {seconds:6.2f} s", flush=True)
    different = {name for name, way in measured.items() if way.rows != measured["realtime-revenue"].rows}
    assert not different, f"not the same rows: { {name: measured[name].rows for name in measured} }"
    report(list(measured.values()), size, events)
    return list(measured.values())


def report(measured: list[Measured], size: int, events: int) -> None:
    first = measured[0]
    print(f"\n{size / 2**20:,.0f} MiB of Stripe-shaped JSON, {events:,} records, on {describe()}\n")
    print(f"| {'way':<26} | best s | MiB/s | records/s | ours is |")
    print("|---|---|---|---|---|")
    for way in measured:
        speed = f"{way.best / first.best:.2f}x as fast"
        print(f"| {way.name:<26} | {way.best:.2f} | {size / 2**20 / way.best:,.0f} | {events / way.best:,.0f} | {speed} |")


def prepare(megabytes: int, folder: Path) -> tuple[str, int, int]:
    """Simulated events of at least that size, with 5 % repeats; made once and kept."""
    from pipelines.simulator import simulate

    target = folder / f"stripe-{megabytes}"
    pattern = str(target / "events" / "*.jsonl")
    if not (target / "truth.json").exists():
        shutil.rmtree(target, ignore_errors=True)
        customers = max(50, megabytes * 15 // 2)
        simulate(target, months=18, customers=customers, seed=7, duplicates=0.05, late=0.05, shuffle=True)
        while sum(file.size for file in list_files(pattern)) < megabytes * 2**20:
            customers = int(customers * 1.3)
            shutil.rmtree(target)
            simulate(target, months=18, customers=customers, seed=7, duplicates=0.05, late=0.05, shuffle=True)
    counts = json.loads((target / "truth.json").read_text())["counts"]
    return pattern, sum(file.size for file in list_files(pattern)), counts["lines"]
