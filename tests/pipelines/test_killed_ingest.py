"""Ingests killed from outside at random moments, two at once: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.laws.events import conserved, exactly_once
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, silver
from tests.pipelines.events import cash_event, write_lines

ROOT = Path(__file__).resolve().parents[2]
EVENTS, REPEATS = 3000, 300

PROGRAM = """
import sys
from lakehouse.store import Lakehouse
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest
ingest(Lakehouse(sys.argv[1]), [Feed("native", sys.argv[2])], IngestOptions(batch_bytes=20_000, range_bytes=7_000))
"""


def start(lake: Lakehouse, pattern: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, lake.root, pattern], cwd=ROOT)


def wait_until_it_commits(lake: Lakehouse, processes: list[subprocess.Popen[bytes]]) -> None:
    """Most of a process's first seconds are imports: killing it there would test little."""
    before = lake.version(silver.CASH)
    deadline = time.monotonic() + 60
    while lake.version(silver.CASH) == before and time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            return
        time.sleep(0.02)


@pytest.mark.slow
def test_two_ingests_killed_at_random_moments(lake: Lakehouse, tmp_path: Path) -> None:
    chance = random.Random(7)
    events = [cash_event(n) for n in range(EVENTS)]
    events += chance.sample(events, REPEATS)
    chance.shuffle(events)
    for n in range(3):
        write_lines(tmp_path / "in" / f"{n}.jsonl", events[n::3])
    pattern = str(tmp_path / "in" / "*.jsonl")
    killed = 0
    for _ in range(5):
        running = [start(lake, pattern) for _ in range(2)]
        wait_until_it_commits(lake, running)
        time.sleep(chance.uniform(0.0, 0.8))
        for process in running:
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
    last = start(lake, pattern)
    assert last.wait() == 0
    assert killed >= 3
    assert lake.open(silver.CASH).count() == EVENTS
    assert lake.open(bronze.EVENTS).count() == EVENTS + REPEATS
    assert conserved(lake).breaches == ()
    assert exactly_once(lake).breaches == ()
