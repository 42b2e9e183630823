"""A stream job as an operator runs it, events that arrive meanwhile, and what must be true at the end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cli.laws.events import conserved, exactly_once
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, silver
from pipelines.ingest import prepare

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def streaming(lake: Lakehouse, feed: Sequence[str], beam_args: Sequence[str], log: Path) -> Iterator[Callable[[], None]]:
    """Run `rtr ingest --driver stream` until the block ends; yields a check that fails with its log where it has died."""
    prepare(lake, ["native"])
    command = [sys.executable, "-m", "cli.main", "ingest", "--driver", "stream", "--follow", *feed]
    with log.open("ab") as stream:
        job = subprocess.Popen(
            [*command, "--lakehouse", lake.root, "--batch-mib", "1", *beam_args], cwd=ROOT, stdout=stream, stderr=stream
        )

    def check() -> None:
        assert job.poll() is None, log.read_text(errors="replace")[-4000:]

    try:
        yield check
        check()
    finally:
        job.send_signal(signal.SIGTERM)
        try:
            job.wait(60)
        except subprocess.TimeoutExpired:
            job.kill()


def wait_for(reached: Callable[[], bool], check: Callable[[], None], what: str, seconds: float = 300.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        check()
        assert time.monotonic() < deadline, f"{what}: not after {seconds} s"
        time.sleep(0.2)


def received(lake: Lakehouse) -> int:
    return int(lake.open(bronze.EVENTS).count())


def assert_exact(lake: Lakehouse, events: int, records: int) -> None:
    """Every event once, every record accounted for."""
    assert lake.open(silver.CASH).count() == events
    assert lake.open(silver.SOURCE_EVENTS).count() == events
    assert received(lake) == records
    for law in (conserved, exactly_once):
        assert law(lake).breaches == ()
