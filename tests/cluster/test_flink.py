"""The stream driver on a Flink cluster of two task managers that are killed: nothing lost, nothing doubled."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from infra.cluster.flink import flink_cluster
from infra.cluster.kafka import kafka_broker
from lakehouse.store import Lakehouse
from tests.cluster.streams import assert_exact, received, streaming, wait_for
from tests.cluster.topic import Topic
from tests.pipelines.events import cash_event, write_lines

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

# An element is a block: a bundle of one is large enough, and the checkpoint need not wait for others.
ON_FLINK = ["--checkpointing_interval=1000", "--max_bundle_size=1", "--max_bundle_time_mills=300", "--parallelism=2"]
EVENTS, REPEATED = 50, 10


class Delivery:
    """Files and messages that arrive one after the other; some events of each come again in the next."""

    def __init__(self, inbox: Path, topic: Topic) -> None:
        self._inbox, self._topic = inbox, topic
        inbox.mkdir()
        self._parts = 0

    def arrive(self, count: int) -> None:
        for n in range(self._parts, self._parts + count):
            events = [cash_event(k) for k in range(n * EVENTS, (n + 1) * EVENTS + REPEATED)]
            if n % 2:
                write_lines(self._inbox / ".part", events).rename(self._inbox / f"{n:03d}.jsonl")
            else:
                self._topic.send(events)
        self._parts += count

    @property
    def events(self) -> int:
        return self._parts * EVENTS + REPEATED

    @property
    def records(self) -> int:
        return self._parts * (EVENTS + REPEATED)


def sources(place: Path, topic: Topic) -> Path:
    """A file that names both sources; two readers share the partitions of the topic."""
    kafka = f"{{bootstrap_servers: '{topic.address}', topics: [{topic.name}], group: rtr, readers: 2}}"
    text = f"sources:\n  - {{system: native, path: '{place / 'in' / '*.jsonl'}'}}\n  - {{system: native, kafka: {kafka}}}\n"
    (place / "sources.yaml").write_text(text)
    return place / "sources.yaml"


def test_task_managers_and_workers_are_killed_in_the_middle(
    lake: Lakehouse, tmp_path: Path, flink: Path, kafka: Path
) -> None:
    with kafka_broker(tmp_path / "kafka") as address, flink_cluster(tmp_path / "flink") as cluster:
        topic = Topic(address)
        delivery = Delivery(tmp_path / "in", topic)
        delivery.arrive(6)
        arguments = [*cluster.beam_args, *ON_FLINK]
        with streaming(lake, ["--config", str(sources(tmp_path, topic))], arguments, tmp_path / "job.log") as check:
            for victim in (cluster.task_managers[0], cluster.workers, cluster.task_managers[1]):
                wait_for(lambda: received(lake) == delivery.records, check, "everything so far")
                restarts = cluster.restarts()
                delivery.arrive(10)
                time.sleep(0.7)  # some of them are on their way now
                victim.restart()  # SIGKILL to it and to its children; a new one takes its place
                delivery.arrive(6)
                wait_for(lambda restarts=restarts: cluster.restarts() > restarts, check, "restoring")  # type: ignore[misc]
            wait_for(lambda: received(lake) == delivery.records, check, "everything")
            assert cluster.checkpoints() > 0
    assert_exact(lake, delivery.events, delivery.records)
