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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path

import polars as pl
from deltalake import write_deltalake

from bench.machine import describe
from bench.peers import PEERS, PeerResult, run_variants
from lakehouse.store import Lakehouse
from lakehouse.tables import BY_NAME, bronze, quarantine, silver
from pipelines.feeds import BULK_MIB, Feed, IngestOptions
from pipelines.ingest import ingest
from pipelines.sources.file_source import FileSource
from pipelines.sources.files import list_files
from pipelines.sources.ranges import Range, group_ranges
from pipelines.systems import SYSTEMS
from pipelines.systems.interface import Batch, register
from pipelines.transforms.stage import bronze_rows, read_blocks, rejections

RANGE_BYTES = 64 * 2**20
BULK_BYTES = BULK_MIB * 2**20
OURS = "realtime-revenue"
# A peer that would take an hour reads the first files only; its rate is what is compared.
PEER_LIMITS = {"dlt": 48 * 2**20}
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Case:
    """What is measured: an input of some size, and the size of the batches it is read in."""

    name: str
    pattern: str
    size: int
    lines: int
    batch_bytes: int

    @property
    def bulk(self) -> bool:
        return self.batch_bytes >= BULK_BYTES

    @property
    def range_bytes(self) -> int:
        return min(self.batch_bytes, RANGE_BYTES)


@dataclass(frozen=True)
class Measured:
    """One way of doing it: its name, the seconds of each round, and the rows that it wrote."""

    case: str
    name: str
    seconds: list[float]
    rows: dict[str, int]

    @property
    def best(self) -> float:
        return min(self.seconds)


def normalised_frames(ranges: list[Range]) -> Frames:
    """The plain way up to the write: read, parse, normalise, unique by key."""
    parts: dict[str, list[pl.DataFrame]] = defaultdict(list)
    now = datetime.now(UTC)
    for blocks in read_blocks(ranges):
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


def batches(case: Case) -> Iterator[list[Range]]:
    """The ranges of the input, cut into the batches of the case."""
    source = FileSource("stripe", case.pattern, case.range_bytes, lambda: lambda split: 0)
    source.rewind()
    return group_ranges(source.poll(), case.batch_bytes)


def plain_delta(case: Case, root: Path) -> dict[str, int]:
    """A bulk load is one write a table, as anyone would do it; small batches are appended one by one."""
    rows: dict[str, int] = defaultdict(int)
    for ranges in [list(chain.from_iterable(batches(case)))] if case.bulk else batches(case):
        for name, frame in normalised_frames(ranges).items():
            table = BY_NAME[name]
            rows[name] += frame.height
            if frame.height:
                write_deltalake(
                    root / table.path,
                    frame.to_arrow(),
                    mode="append",
                    partition_by=list(table.partition_by) or None,
                )
    return rows


def plain_parquet(case: Case, root: Path) -> dict[str, int]:
    rows: dict[str, int] = defaultdict(int)
    for number, ranges in enumerate([list(chain.from_iterable(batches(case)))] if case.bulk else batches(case)):
        for name, frame in normalised_frames(ranges).items():
            folder = root / BY_NAME[name].path
            folder.mkdir(parents=True, exist_ok=True)
            rows[name] += frame.height
            frame.write_parquet(folder / f"part-{number}.parquet", compression="zstd", compression_level=1)
    return rows


def ours(case: Case, root: Path) -> dict[str, int]:
    lake = Lakehouse(root)
    ingest(lake, [Feed("stripe", case.pattern)], IngestOptions(batch_bytes=case.batch_bytes, range_bytes=case.range_bytes))
    tables = (bronze.EVENTS, *silver.TABLES, quarantine.REJECTED)
    return {table.qualified_name: lake.open(table).count() for table in tables}


WAYS: dict[str, Callable[[Case, Path], dict[str, int]]] = {
    OURS: ours,
    "plain Polars + delta-rs": plain_delta,
    "plain Polars + Parquet": plain_parquet,
}


def run(megabytes: int = 1024, rounds: int = 3, folder: Path = Path("bench-data"), peers: bool = False) -> list[Measured]:
    """Every case in turn: all ways interleaved, warm, the best of several rounds; prints a table for each."""
    small = min(megabytes, 256)
    everything: list[Measured] = []
    for name, size, malformed, batch_bytes in (
        ("bulk", megabytes, 0.0, BULK_BYTES),
        ("16 MiB micro-batches", small, 0.0, 16 * 2**20),
        ("0.1 % malformed lines", small, 0.001, BULK_BYTES),
    ):
        pattern, total, lines = prepare(size, folder, malformed)
        case = Case(name, pattern, total, lines, batch_bytes)
        measured = measure(case, rounds, folder)
        beside = peers and not malformed
        peer_rows = [
            row
            for peer in (PEERS if beside else ())
            for row in run_variants(peer, pattern, folder, limit=PEER_LIMITS.get(peer), in_batches=not case.bulk)
        ]
        report(case, measured, peer_rows)
        everything += measured
    return everything


def measure(case: Case, rounds: int, folder: Path) -> list[Measured]:
    measured = {name: Measured(case.name, name, [], {}) for name in WAYS}
    for round_number in range(-1, rounds):  # the first round warms up and is not counted
        for name, way in WAYS.items():
            with tempfile.TemporaryDirectory(dir=folder) as root:
                gc.collect()
                began = time.perf_counter()
                rows = way(case, Path(root))
                seconds = time.perf_counter() - began
            measured[name].rows.update({table: count for table, count in rows.items() if count})
            if round_number >= 0:
                measured[name].seconds.append(seconds)
            print(f"  {case.name}, round {round_number + 1}  {name:<26} {seconds:6.2f} s", flush=True)
    check_rows(case, measured)
    return list(measured.values())


def check_rows(case: Case, measured: dict[str, Measured]) -> None:
    """All wrote the same rows; in small batches the plain ways keep the repeats that lie in different batches."""
    mine = measured[OURS].rows
    for name, way in measured.items():
        different = way.rows != mine if case.bulk else any(way.rows.get(table, 0) < rows for table, rows in mine.items())
        if different:
            raise AssertionError(f"{case.name}: {name} wrote {way.rows}, not {mine}")


def report(case: Case, measured: list[Measured], peers: list[PeerResult | str]) -> None:
    first = measured[0]
    print(f"\n{case.name}: {case.size / 2**20:,.0f} MiB of Stripe-shaped JSON, {case.lines:,} records, on {describe()}\n")
    print(f"| {'way':<34} | best s | MiB/s | records/s | ours is |")
    print("|---|---|---|---|---|")
    for way in measured:
        mib, records = case.size / 2**20 / way.best, case.lines / way.best
        print(f"| {way.name:<34} | {way.best:.2f} | {mib:,.0f} | {records:,.0f} | {way.best / first.best:.2f}x as fast |")
    for peer in peers:
        if isinstance(peer, str):
            print(f"| {peer} | | | | not run |")
            continue
        mib, times = peer.bytes_per_second / 2**20, case.size / first.best / peer.bytes_per_second
        read = "" if peer.size >= case.size else f", {peer.size / 2**20:,.0f} MiB of it"
        print(
            f"| {peer.name + read:<34} | {peer.seconds:.2f} | {mib:,.1f} | {peer.events_per_second:,.0f} "
            f"| {times:.1f}x as fast |"
        )


def prepare(megabytes: int, folder: Path, malformed: float = 0.0) -> tuple[str, int, int]:
    """Simulated events of at least that size, with 5 % repeats and so many malformed lines; made once and kept."""
    from pipelines.simulator import simulate

    target = folder / (f"stripe-{megabytes}" + ("-malformed" if malformed else ""))
    pattern = str(target / "events" / "*.jsonl")
    if not (target / "truth.json").exists():
        shutil.rmtree(target, ignore_errors=True)
        customers = max(50, megabytes * 15 // 2)
        make = partial(simulate, target, months=18, seed=7, duplicates=0.05, late=0.05, shuffle=True, malformed=malformed)
        make(customers=customers)
        while sum(file.size for file in list_files(pattern)) < megabytes * 2**20:
            customers = int(customers * 1.3)
            shutil.rmtree(target)
            make(customers=customers)
    counts = json.loads((target / "truth.json").read_text())["counts"]
    return pattern, sum(file.size for file in list_files(pattern)), counts["lines"]
