"""The stream driver on a Flink cluster of two task managers that are killed: nothing lost, nothing doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.cluster.flink import FlinkCluster, flink_cluster
from lakehouse.store import Lakehouse
from pipelines.feeds import Feed
from tests.cluster.streams import assert_exact, received, streaming, wait_for
from tests.pipelines.events import cash_event, write_lines

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

# An element is a block: a bundle of one is large enough, and the checkpoint need not wait for others.
ON_FLINK = ["--checkpointing_interval=1000", "--max_bundle_size=1", "--max_bundle_time_mills=300", "--parallelism=2"]
FILES, EVENTS, REPEATED = 60, 50, 10


@contextmanager
def arriving(inbox: Path, part: Path) -> Iterator[threading.Thread]:
    """Files that arrive one after the other; some events of each come again in the next."""
    inbox.mkdir()

    def deliver() -> None:
        for n in range(FILES):
            events = [cash_event(k) for k in range(n * EVENTS, (n + 1) * EVENTS + REPEATED)]
            write_lines(part, events).rename(inbox / f"{n:03d}.jsonl")
            time.sleep(0.5)

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


def kill_what_works(cluster: FlinkCluster, number: int) -> None:
    """SIGKILL to a task manager, whose place a new one takes, and to every Python worker with their pool."""
    before = cluster.restarts()
    if number % 2:
        cluster.workers.restart()
    else:
        cluster.task_managers[number // 2 % len(cluster.task_managers)].restart()
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and cluster.restarts() == before:
        time.sleep(0.5)


def test_task_managers_and_workers_are_killed_in_the_middle(lake: Lakehouse, tmp_path: Path, flink: Path) -> None:
    inbox = tmp_path / "in"
    records = FILES * (EVENTS + REPEATED)
    with (
        flink_cluster(tmp_path / "flink") as cluster,
        arriving(inbox, tmp_path / "part") as delivery,
        streaming(lake, [Feed("native", str(inbox / "*.jsonl"))], [*cluster.beam_args, *ON_FLINK]) as check,
    ):
        for number in range(3):
            already = received(lake)
            wait_for(lambda already=already: received(lake) > already, check, "the next commit")  # type: ignore[misc]
            kill_what_works(cluster, number)
        delivery.join()
        wait_for(lambda: received(lake) == records, check, "everything", seconds=240)
        assert cluster.restarts() >= 2
        assert cluster.checkpoints() > 0
    assert_exact(lake, FILES * EVENTS + REPEATED, records)
