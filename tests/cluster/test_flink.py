"""The stream driver on a Flink cluster of two task managers that are killed: nothing lost, nothing doubled."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from infra.cluster.flink import flink_cluster
from lakehouse.store import Lakehouse
from tests.cluster.streams import assert_exact, received, streaming, wait_for
from tests.pipelines.events import cash_event, write_lines

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

# An element is a block: a bundle of one is large enough, and the checkpoint need not wait for others.
ON_FLINK = ["--checkpointing_interval=1000", "--max_bundle_size=1", "--max_bundle_time_mills=300", "--parallelism=2"]
EVENTS, REPEATED = 50, 10


class Delivery:
    """Files that arrive one after the other; some events of each come again in the next."""

    def __init__(self, inbox: Path) -> None:
        self._inbox = inbox
        inbox.mkdir()
        self.files = 0

    def files_arrive(self, count: int) -> None:
        for n in range(self.files, self.files + count):
            events = [cash_event(k) for k in range(n * EVENTS, (n + 1) * EVENTS + REPEATED)]
            write_lines(self._inbox / ".part", events).rename(self._inbox / f"{n:03d}.jsonl")
        self.files += count

    @property
    def records(self) -> int:
        return self.files * (EVENTS + REPEATED)


def test_task_managers_and_workers_are_killed_in_the_middle(lake: Lakehouse, tmp_path: Path, flink: Path) -> None:
    delivery = Delivery(tmp_path / "in")
    feed = ["--path", str(tmp_path / "in" / "*.jsonl")]
    delivery.files_arrive(5)
    with (
        flink_cluster(tmp_path / "flink") as cluster,
        streaming(lake, feed, [*cluster.beam_args, *ON_FLINK], tmp_path / "job.log") as check,
    ):
        for victim in (cluster.task_managers[0], cluster.workers, cluster.task_managers[1]):
            wait_for(lambda: received(lake) == delivery.records, check, "everything so far")
            restarts = cluster.restarts()
            delivery.files_arrive(10)
            time.sleep(0.7)  # some of them are on their way now
            victim.restart()  # SIGKILL to it and to its children; a new one takes its place
            delivery.files_arrive(5)
            wait_for(lambda restarts=restarts: cluster.restarts() > restarts, check, "the restoring")  # type: ignore[misc]
        wait_for(lambda: received(lake) == delivery.records, check, "everything")
        assert cluster.checkpoints() > 0
    assert_exact(lake, delivery.files * EVENTS + REPEATED, delivery.records)
