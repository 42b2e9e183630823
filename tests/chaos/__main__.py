"""Kill ingests and maintenance at random moments, let a last one finish in peace, and count.

python -m tests.chaos --kills 500 --seed 1
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

import polars as pl

from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, quarantine, silver
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest, prepare
from tests.chaos.arrivals import Arrivals
from tests.chaos.victims import INGEST_MOMENTS, MAINTENANCE_MOMENTS, run_ingest, run_maintenance

PATIENCE = 6.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument(
        "--folder", type=Path, help="where the evidence stays; by default a folder that goes when all is well"
    )
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="rtr-chaos-"))
    faults = chaos(folder, given.kills, given.seed)
    for fault in faults:
        print(f"FAULT {fault}")
    if faults:
        sys.exit(f"seed {given.seed}, evidence in {folder}")
    if not given.folder:
        shutil.rmtree(folder)


def chaos(folder: Path, kills: int, seed: int) -> list[str]:
    """Do it; returns what is wrong at the end."""
    chance = random.Random(seed)
    inbox = folder / "in"
    inbox.mkdir(parents=True)
    lake = Lakehouse(folder / "lake")
    prepare(lake, ["native"])
    arrivals = Arrivals(inbox, chance)
    killed = kill_many(lake, arrivals, kills, chance)
    ingest(lake, [Feed("native", str(inbox / "*.jsonl"))], IngestOptions())
    print(f"\n\n{sum(killed.values())} processes were killed (seed {seed}):\n")
    for moment, count in sorted(killed.items()):
        print(f"  {count:4}  {moment}")
    print(f"\n{arrivals.lines:,} lines in {arrivals.files:,} files, {len(arrivals.events):,} events\n")
    return verified(lake) + counted(lake, arrivals)


def kill_many(lake: Lakehouse, arrivals: Arrivals, kills: int, chance: random.Random) -> Counter[str]:
    """Two ingests and a maintenance at a time, each replaced when it has died, until enough have."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos.victims"])
    pattern = str(arrivals.folder / "*.jsonl")
    killed: Counter[str] = Counter()

    def start(kind: str) -> tuple[str, BaseProcess, float]:
        moment = chance.choice(INGEST_MOMENTS if kind == "ingest" else MAINTENANCE_MOMENTS)
        arguments = (lake.root, *([pattern] if kind == "ingest" else []), chance.randrange(2**31), moment)
        process = context.Process(target=run_ingest if kind == "ingest" else run_maintenance, args=arguments, daemon=True)
        process.start()
        patience = chance.uniform(0.1, 1.5) if moment == "any time" else PATIENCE
        return f"{kind}: {moment}", process, time.monotonic() + patience

    kinds = ("ingest", "ingest", "maintenance")
    running = [start(kind) for kind in kinds]
    while sum(killed.values()) < kills:
        arrivals.file()
        time.sleep(0.05)
        for n, (name, process, deadline) in enumerate(running):
            if process.is_alive() and time.monotonic() < deadline:
                continue
            own = not process.is_alive()
            process.kill()
            process.join()
            if process.exitcode == -signal.SIGKILL:
                killed[name if own else f"{kinds[n]}: any time"] += 1
            running[n] = start(kinds[n])
        if sys.stdout.isatty():
            print(f"\r{sum(killed.values())} of {kills} killed, {arrivals.lines:,} lines", end="", flush=True)
    for _, process, _ in running:
        process.kill()
        process.join()
    return killed


def verified(lake: Lakehouse) -> list[str]:
    """What `rtr verify` finds."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "verify", "--lakehouse", lake.root], capture_output=True, text=True, check=False
    )
    print(done.stdout)
    return [] if done.returncode == 0 else [f"rtr verify: {done.stdout}{done.stderr}"]


def counted(lake: Lakehouse, arrivals: Arrivals) -> list[str]:
    """The tables against the input."""
    held = lake.scan(silver.SOURCE_EVENTS).collect().get_column("source_event_id")
    cash = lake.scan(silver.CASH).select("source_event_id", "amount").collect()
    places = lake.scan(bronze.EVENTS).select("split", "position").collect()
    refused = lake.scan(quarantine.REJECTED).select(pl.len()).collect().item()
    print(f"{len(held):,} events in silver, {len(places):,} records in bronze, {refused:,} in quarantine")
    expected = {
        "an event is lost": arrivals.events - set(held),
        "an event is strange": set(held) - arrivals.events,
        "events are doubled": len(held) - held.n_unique(),
        "facts are lost or doubled": abs(cash.height - len(arrivals.events))
        or cash.height - cash["source_event_id"].n_unique(),
        "the amounts do not tie": cash.get_column("amount").sum() - 10 * len(arrivals.events),
        "records are lost or doubled": arrivals.lines - places.height or places.height - places.n_unique(),
        "rubbish is lost or doubled": arrivals.rubbish - refused,
    }
    return [f"{name}: {found}" for name, found in expected.items() if found]


if __name__ == "__main__":
    main()
