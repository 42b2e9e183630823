"""Members of a group on a real broker: partitions move, members are killed, and each message counts once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.cluster.kafka import kafka_broker
from lakehouse.store import Lakehouse
from pipelines.feeds import IngestOptions
from pipelines.ingest import ingest, prepare
from pipelines.sources.kafka import KafkaFeed, KafkaOptions, Start
from tests.cluster.streams import ROOT, assert_exact, received, wait_for
from tests.cluster.topic import Topic
from tests.pipelines.events import cash_event

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


def member(lake: Lakehouse, topic: Topic) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cli.main", "ingest", "--system", "native", "--topic", topic.name, "--follow"]
    command += ["--bootstrap-servers", topic.address, "--lakehouse", lake.root, "--trigger-seconds", "0.2"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_members_come_go_and_are_killed(lake: Lakehouse, tmp_path: Path, kafka: Path) -> None:
    prepare(lake, ["native"])
    with kafka_broker(tmp_path / "kafka") as address:
        topic = Topic(address)
        members = [member(lake, topic)]
        try:
            for n in range(40):
                topic.send(cash_event(k) for k in range(n * 40, n * 40 + 50))
                time.sleep(0.4)
                if n in (8, 16):
                    members.append(member(lake, topic))
                if n == 24:
                    os.kill(members[0].pid, signal.SIGKILL)
                if n == 30:
                    members[1].send_signal(signal.SIGTERM)
            wait_for(lambda: received(lake) == 2000, lambda: None, "everything", seconds=90)
        finally:
            for process in members:
                process.send_signal(signal.SIGTERM)
            codes = [process.wait(60) for process in members]
    assert codes == [-signal.SIGKILL, 0, 0]
    assert_exact(lake, 39 * 40 + 50, 2000)


def test_reading_begins_at_a_moment(lake: Lakehouse, tmp_path: Path, kafka: Path) -> None:
    old = datetime(2026, 1, 1, tzinfo=UTC)
    with kafka_broker(tmp_path / "kafka") as address:
        topic = Topic(address)
        for n, moment in enumerate((old, old + timedelta(days=2))):
            topic.send((cash_event(k) for k in range(n * 10, n * 10 + 10)), timestamp=int(moment.timestamp() * 1000))
        options = KafkaOptions(address, (topic.name,), "rtr", start=Start.TIMESTAMP, start_at=old + timedelta(days=1))
        assert ingest(lake, [KafkaFeed("native", options)], IngestOptions()).accepted == 10
    assert_exact(lake, 10, 10)
