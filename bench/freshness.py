"""Freshness: how long from the arrival of an event to its committed row in silver, at a sustained rate.

A producer of its own process delivers files ten times a second; `rtr ingest --follow` reads them in another, as an
operator runs it. Arrival is the moment when a file got its name; commit is the time in the Delta log of the
commit that added the row. Every silver table is touched, and the largest begins with thousands of files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from multiprocessing import Process
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.progress import track

from bench.machine import describe
from bench.native_events import EventMaker
from bench.prefill import prefill
from lakehouse.log_files import unquote_path
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import bronze, silver
from pipelines.memory import JEMALLOC

FILES_PER_SECOND = 10


@dataclass(frozen=True)
class Freshness:
    """What was measured: seconds of latency by table, memory over time, and whether all arrived."""

    events: int
    committed: int
    latency: pl.DataFrame
    rss_mib: list[tuple[float, float]]

    @property
    def growth(self) -> float:
        """Memory of the last minute against that of the minute after the first: it rises and falls within a minute."""
        minutes = [np.mean(minute) for minute in _by_minute(self.rss_mib)]
        return float(minutes[-1] / minutes[1] - 1) if len(minutes) > 2 else float("nan")


def run(
    rate: int = 20_000,
    seconds: int = 300,
    files: int = 10_000,
    folder: Path = Path("bench-data"),
    trigger_seconds: float = 0.5,
) -> Freshness:
    """Deliver `rate` events a second for so long and print how fresh silver was."""
    place = folder / "freshness"
    shutil.rmtree(place, ignore_errors=True)
    inbox, root = place / "in", place / "lake"
    inbox.mkdir(parents=True)
    lake = Lakehouse(root)
    prefill(lake, silver.SOURCE_EVENTS, files, 100)
    log = (place / "ingest.log").open("wb")
    command = [sys.executable, "-m", "cli.main", "ingest", "--system", "native", "--path", str(inbox / "*.jsonl")]
    command += ["--lakehouse", str(root), "--follow", "--trigger-seconds", str(trigger_seconds), "--batch-mib", "16"]
    environment = {name: value for name, value in os.environ.items() if name != JEMALLOC}  # it sets its own
    ingest = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        _wait_until_it_reads(lake, inbox)
        producer = Process(target=produce, args=(inbox, rate, seconds))
        producer.start()
        memory = _watch(ingest, seconds)
        producer.join()
        _wait_until_all_is_read(lake, rate * seconds + 1)
    finally:
        ingest.terminate()
        ingest.wait(60)
    measured = Freshness(rate * seconds, _committed(lake), latencies(lake, inbox), memory)
    if measured.committed != measured.events:
        raise RuntimeError(
            f"{measured.events:,} events were delivered and {measured.committed:,} are in silver: see {log.name}"
        )
    report(measured, rate, seconds, lake)
    shutil.rmtree(place)
    return measured


def produce(inbox: Path, rate: int, seconds: int) -> None:
    """One file every tenth of a second, whole at the moment when it gets its name."""
    maker = EventMaker()
    began = time.time()
    for n in range(seconds * FILES_PER_SECOND):
        content = maker.lines(f"f{n}", rate // FILES_PER_SECOND)
        part = inbox / f".{n}.part"
        part.write_bytes(content)
        time.sleep(max(0.0, began + n / FILES_PER_SECOND - time.time()))
        os.utime(part)
        part.rename(inbox / f"{n:06d}.jsonl")


def latencies(lake: Lakehouse, inbox: Path) -> pl.DataFrame:
    """A row for each file and table: rows, and seconds from the arrival of the file to the commit of its rows."""
    arrived = pl.DataFrame(
        [(int(path.stem), path.stat().st_mtime) for path in inbox.glob("*.jsonl") if path.stem.isdigit()],
        schema={"file": pl.Int64, "arrived": pl.Float64},
        orient="row",
    )
    found = []
    for table in silver.TABLES:
        for committed, paths in _commits(lake, table):
            rows = lake.scan_files(table, paths).select("source_event_id")
            number = pl.col("source_event_id").str.extract(r"^f(\d+)-").cast(pl.Int64)
            counted = rows.group_by(file=number).agg(rows=pl.len()).drop_nulls().collect()
            found.append(counted.with_columns(committed=pl.lit(committed), table=pl.lit(table.name)))
    return pl.concat(found).join(arrived, on="file").with_columns(latency=pl.col("committed") - pl.col("arrived"))


def _commits(lake: Lakehouse, table: Table) -> list[tuple[float, list[str]]]:
    """The time of each commit of the job, and the files that it added."""
    commits = []
    for path in sorted((Path(lake.uri(table)) / "_delta_log").glob("*.json")):
        actions = [json.loads(line) for line in path.read_text().splitlines()]
        info: dict[str, Any] = next((a["commitInfo"] for a in actions if "commitInfo" in a), {})
        added = [unquote_path(a["add"]["path"]) for a in actions if "add" in a]
        if added and "rtr_batch" in info:
            commits.append((info["timestamp"] / 1000, added))
    return commits


def _wait_until_it_reads(lake: Lakehouse, inbox: Path) -> None:
    """A first file of one event; imports and the first batch belong to the start and not to the measurement."""
    (inbox / "first.jsonl").write_bytes(EventMaker().lines("first", 1))
    _wait_until_all_is_read(lake, 1)


def _wait_until_all_is_read(lake: Lakehouse, events: int, patience: float = 120.0) -> None:
    deadline = time.monotonic() + patience
    while not lake.exists(bronze.EVENTS) or lake.open(bronze.EVENTS).count() < events:
        if time.monotonic() > deadline:
            raise TimeoutError(f"only {lake.open(bronze.EVENTS).count():,} of {events:,} events were read")
        time.sleep(0.5)


def _watch(process: subprocess.Popen[bytes], seconds: int) -> list[tuple[float, float]]:
    """Memory that the process itself holds (files mapped into memory belong to the page cache), once a second."""
    memory = []
    for second in track(range(seconds), description="delivering"):
        status = Path(f"/proc/{process.pid}/status").read_text()
        anonymous = re.search(r"RssAnon:\s+(\d+)", status)
        if process.poll() is not None or anonymous is None:
            raise RuntimeError("the ingest ended early: see ingest.log")
        memory.append((float(second), int(anonymous.group(1)) / 1024))
        time.sleep(1)
    return memory


def _committed(lake: Lakehouse) -> int:
    events = lake.scan(silver.SOURCE_EVENTS).filter(pl.col("source_event_id").str.contains(r"^f\d+-"))
    return int(events.select(pl.col("source_event_id").n_unique()).collect().item())


def report(measured: Freshness, rate: int, seconds: int, lake: Lakehouse) -> None:
    print(f"\n{rate:,} events/s for {seconds} s, all {len(silver.TABLES)} silver tables, on {describe()}")
    opened = lake.open(silver.SOURCE_EVENTS)
    print(f"delivered {measured.events:,}, committed once {measured.committed:,}; the register ends with ", end="")
    print(f"{len(opened.file_uris()):,} files and {opened.count():,} rows\n")
    print("| table | rows | p50 s | p95 s | p99 s | max s |")
    print("|---|---|---|---|---|---|")
    parts = [("all", measured.latency), *((str(key[0]), part) for key, part in measured.latency.group_by("table"))]
    for name, part in parts:
        each = np.repeat(part.get_column("latency").to_numpy(), part.get_column("rows").to_numpy())
        p50, p95, p99 = np.percentile(each, [50, 95, 99])
        print(f"| {name} | {len(each):,} | {p50:.2f} | {p95:.2f} | {p99:.2f} | {each.max():.2f} |")
    print(f"\nmemory of the last minute against the second {measured.growth:+.1%}; MiB by minute: ", end="")
    print(", ".join(f"{np.mean(minute):,.0f}" for minute in _by_minute(measured.rss_mib)))


def _by_minute(rss_mib: list[tuple[float, float]]) -> list[list[float]]:
    memory = [size for _, size in rss_mib]
    return [memory[start : start + 60] for start in range(0, len(memory), 60)]
