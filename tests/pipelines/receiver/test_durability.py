"""2xx means durable: many requests share an fsync, none is answered before it, and a failing disk is told."""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipelines.receiver.config import KafkaSinkOptions
from pipelines.receiver.file_sink import FileSink
from pipelines.receiver.segments import durable
from tests.pipelines.receiver.support import Running, configured, receiving, segments, stripe

CONFIG = configured({"commit_seconds": 5}, stripe={"system": "stripe"})


def event(number: int) -> bytes:
    return json.dumps({"id": f"evt_{number}"}).encode()


def deliver(receiver: Running, number: int) -> int:
    return receiver.post("/webhooks/stripe", event(number), stripe(event(number)))[0]


class Disk:
    """fsync as a disk has it: counted, held up or failing as a test says; remembers what of each file is safe."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.fails = False
        self.syncs = 0
        self.safe: dict[int, int] = {}
        self.entries: set[int] = set()

    def sync(self, descriptor: int) -> None:
        state = os.fstat(descriptor)
        self.open.wait(10)
        if self.fails:
            raise OSError(errno.EIO, "Input/output error")
        if stat.S_ISDIR(state.st_mode):
            self.entries |= {entry.inode() for entry in os.scandir(f"/proc/self/fd/{descriptor}")}
        elif not os.readlink(f"/proc/self/fd/{descriptor}").endswith(".probe"):
            self.syncs += 1
            self.safe[state.st_ino] = state.st_size
        durable(descriptor)


def test_nothing_is_answered_before_it_is_durable_and_many_share_an_fsync(tmp_path: Path) -> None:
    disk = Disk()
    with receiving(CONFIG, tmp_path, disk.sync) as receiver, ThreadPoolExecutor(40) as senders:
        assert deliver(receiver, 0) == 200
        disk.open.clear()
        before = disk.syncs
        answers = [senders.submit(deliver, receiver, number) for number in range(1, 41)]
        time.sleep(1.0)
        assert not any(answer.done() for answer in answers)
        disk.open.set()
        assert {answer.result() for answer in answers} == {200}
        assert disk.syncs - before <= 5  # 40 deliveries: the first alone, the others together
    assert sorted(record["id"] for record in Running(0, tmp_path).records("stripe")) == sorted(
        f"evt_{number}" for number in range(41)
    )


def test_what_was_answered_is_there_after_a_power_failure(tmp_path: Path) -> None:
    """Only what was synced, in files whose folder was synced, is left; every acknowledged delivery is among it."""
    disk = Disk()
    spool = tmp_path / "spool"
    with receiving(CONFIG, spool, disk.sync) as receiver, ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda number: deliver(receiver, number), range(100)))
        assert set(answers) == {200}
        left = b""
        for path in segments(spool, "stripe"):
            inode = path.stat().st_ino
            assert inode in disk.entries
            left += path.read_bytes()[: disk.safe[inode]]
    assert {json.loads(line)["id"] for line in left.splitlines()} == {f"evt_{number}" for number in range(100)}


def test_a_failing_disk_is_503_and_told_and_recovered_from(tmp_path: Path) -> None:
    disk = Disk()
    with receiving(CONFIG, tmp_path, disk.sync) as receiver:
        assert deliver(receiver, 1) == 200
        disk.fails = True
        status, answer, headers = receiver.post("/webhooks/stripe", event(2), stripe(event(2)))
        assert (status, answer["code"], headers["retry-after"]) == (503, "NOT_KEPT", "5")
        assert receiver.send("GET", "/readyz")[:2] == (503, {"status": "not ready", "reason": "Input/output error"})
        assert receiver.send("GET", "/healthz")[0] == 200  # a restart would not help
        assert "rtr_webhook_ready 0.0" in receiver.send("GET", "/metrics")[1]["text"]
        disk.fails = False
        time.sleep(1.1)  # how old an answer of /readyz may be
        assert receiver.send("GET", "/readyz")[0] == 200
        assert deliver(receiver, 3) == 200
    # What was not acknowledged may be there or not; what came after it is in a segment of its own.
    first, second = segments(tmp_path, "stripe")
    assert first.read_bytes().startswith(event(1) + b"\n")
    assert second.read_bytes() == event(3) + b"\n"


def test_a_disk_that_hangs_is_503_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.receiver.app.PROBE_SECONDS", 0.2)
    disk = Disk()
    config = configured({"commit_seconds": 0.3}, stripe={"system": "stripe"})
    with receiving(config, tmp_path, disk.sync) as receiver:
        disk.open.clear()
        assert deliver(receiver, 1) == 503
        told = (503, {"status": "not ready", "reason": "the store does not answer"})
        assert [receiver.send("GET", "/readyz")[:2] for _ in range(2)] == [told, told]
        disk.open.set()
        assert deliver(receiver, 2) == 200
        assert receiver.send("GET", "/readyz")[0] == 200


def test_more_requests_at_once_than_may_be_are_503_with_a_time_to_come_again(tmp_path: Path) -> None:
    disk = Disk()
    config = configured({"in_flight": 2}, stripe={"system": "stripe"})
    with receiving(config, tmp_path, disk.sync) as receiver, ThreadPoolExecutor(2) as senders:
        disk.open.clear()
        answers = [senders.submit(deliver, receiver, number) for number in range(2)]
        time.sleep(0.3)
        status, answer, headers = receiver.post("/webhooks/stripe", event(9), stripe(event(9)))
        assert (status, answer["code"], headers["retry-after"]) == (503, "OVERLOADED", "1")
        disk.open.set()
        assert [answer.result() for answer in answers] == [200, 200]
        assert deliver(receiver, 9) == 200


def test_more_connections_than_may_be_are_ended(tmp_path: Path) -> None:
    config = configured({"connections": 2, "header_seconds": 5}, stripe={"system": "stripe"})
    with receiving(config, tmp_path) as receiver:
        held = [socket.create_connection(("127.0.0.1", receiver.port), timeout=10) for _ in range(2)]
        time.sleep(0.2)
        with socket.create_connection(("127.0.0.1", receiver.port), timeout=3) as third:
            assert third.recv(1) == b""
        for connection in held:
            connection.close()
        time.sleep(0.2)
        assert deliver(receiver, 1) == 200


def test_a_disk_that_fails_is_not_worn_out_by_every_request(tmp_path: Path) -> None:
    disk = Disk()
    with receiving(CONFIG, tmp_path, disk.sync, pause_seconds=30) as receiver:
        disk.fails = True
        assert {deliver(receiver, number) for number in range(20)} == {503}
    assert len(segments(tmp_path, "stripe")) <= 1


def test_an_end_waits_for_what_is_on_its_way(tmp_path: Path) -> None:
    disk = Disk()
    with ThreadPoolExecutor(1) as senders:
        with receiving(CONFIG, tmp_path, disk.sync) as receiver:
            assert deliver(receiver, 0) == 200
            disk.open.clear()
            answer = senders.submit(deliver, receiver, 1)
            time.sleep(0.3)
            threading.Timer(0.5, disk.open.set).start()
        assert answer.result() == 200  # the receiver was told to end half a second before the disk was done
    assert [record["id"] for record in Running(0, tmp_path).records("stripe")] == ["evt_0", "evt_1"]


def test_the_same_delivery_twice_is_accepted_twice(tmp_path: Path) -> None:
    """Senders repeat; the key of the event drops the repeat downstream, so that it is kept here as any other."""
    with receiving(CONFIG, tmp_path) as receiver:
        assert [deliver(receiver, 1), deliver(receiver, 1)] == [200, 200]
        assert len(receiver.lines("stripe")) == 2


def test_woocommerce_is_greeted_and_its_greeting_is_no_record(tmp_path: Path) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    with receiving(configured(woo={"system": "woocommerce"}), tmp_path) as receiver:
        assert receiver.post("/webhooks/woo", b"webhook_id=12", form)[0] == 200
        assert receiver.post("/webhooks/woo", b"webhook_id=12&x=1", form)[0] == 401
        assert receiver.lines("woo") == []


def test_an_empty_batch_is_accepted_and_writes_nothing(tmp_path: Path) -> None:
    with receiving(configured(events={"verify": "bearer"}), tmp_path) as receiver:
        headers = {"authorization": "Bearer whsec_first", "content-type": "application/cloudevents-batch+json"}
        assert receiver.post("/events", b"[]", headers)[:2] == (200, {"accepted": 0})
        batch = b'[{"specversion":"1.0","id":"1"},{"specversion":"1.0","id":"2"}]'
        assert receiver.post("/events", batch, headers)[:2] == (200, {"accepted": 2})
        assert [record["id"] for record in receiver.records("events")] == ["1", "2"]
        assert receiver.post("/events", b"{}", {**headers, "content-type": "application/json"})[0] == 415


@pytest.mark.slow
def test_kafka_has_it_before_the_answer_and_a_broker_that_is_gone_is_503(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from confluent_kafka import Consumer

    from pipelines.receiver.kafka_sink import KafkaSink
    from tests.pipelines.sources.kafka.broker import Broker

    broker = Broker("webhooks.stripe")
    sink = KafkaSink(KafkaSinkOptions(broker.address), timeout_seconds=10)
    with receiving(CONFIG, tmp_path, sink=sink) as receiver:
        assert deliver(receiver, 1) == 200
        assert receiver.send("GET", "/readyz")[0] == 200
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "t", "auto.offset.reset": "earliest"})
    consumer.subscribe([broker.topic])
    message = consumer.poll(20)
    assert message is not None
    assert message.value() == event(1)
    consumer.close()
    nobody = KafkaSink(KafkaSinkOptions("127.0.0.1:1"), timeout_seconds=1.0)
    with receiving(CONFIG, tmp_path, sink=nobody) as receiver:
        assert deliver(receiver, 2) == 503
        assert receiver.send("GET", "/readyz")[0] == 503


def test_settings_of_kafka_that_are_the_receivers_or_secret_are_refused() -> None:
    from lakehouse.errors import RtrError
    from pipelines.receiver.kafka_sink import settings

    given: list[dict[str, Any]] = [{"acks": "1"}, {"sasl.password": "hunter2"}]
    for properties in given:
        with pytest.raises(RtrError, match="RECEIVER_CONFIG") as raised:
            settings(KafkaSinkOptions("b:9092", properties=properties), 10)
        assert "hunter2" not in str(raised.value)
    assert settings(KafkaSinkOptions("b:9092"), 10)["acks"] == "all"


def test_a_spool_that_cannot_be_used_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file")
    with pytest.raises(OSError, match=r"exists|directory"):
        FileSink(tmp_path / "spool", ["a"])
