"""A stream job in a thread, events that arrive while it runs, and what must be true at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cli.laws.events import conserved, exactly_once
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, silver
from pipelines.drivers.stream import run_stream
from pipelines.feeds import AnyFeed, IngestOptions
from pipelines.ingest import prepare

OPTIONS = IngestOptions(follow=True, trigger_seconds=1.0, batch_bytes=64 * 1024, range_bytes=32 * 1024, record_seconds=2.0)


@contextmanager
def streaming(lake: Lakehouse, feeds: Sequence[AnyFeed], beam_args: Sequence[str]) -> Iterator[Callable[[], None]]:
    """Run the job until the block ends; yields a check that raises what the job died of."""
    prepare(lake, [feed.system for feed in feeds])
    stop = threading.Event()
    died: list[RtrError] = []

    def run() -> None:
        try:
            run_stream(lake, feeds, OPTIONS, beam_args, stop=stop)
        except RtrError as error:
            died.append(error)

    def check() -> None:
        if died:
            raise died[0]

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield check
    finally:
        stop.set()
        thread.join(60)
    check()


def wait_for(reached: Callable[[], bool], check: Callable[[], None], what: str, seconds: float = 120.0) -> None:
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
