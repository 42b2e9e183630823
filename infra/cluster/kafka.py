"""A Kafka broker of one node, for a while."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.cluster import provision
from infra.cluster.processes import Service, free_port, java


@contextmanager
def kafka_broker(folder: Path) -> Iterator[str]:
    """Start a broker that keeps its data and its log in a folder; yields its bootstrap address."""
    jars = provision.kafka()
    folder.mkdir(parents=True, exist_ok=True)
    port, controller = free_port(), free_port()
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(folder / "data"),
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "offsets.topic.num.partitions": "1",
    }
    properties = folder / "server.properties"
    properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    subprocess.run(
        java(jars, "kafka.tools.StorageTool", "format", "-t", "cmVhbHRpbWUtcmV2ZW51ZQ", "-c", str(properties)),
        check=True,
        capture_output=True,
    )
    broker = Service("kafka", java(jars, "kafka.Kafka", str(properties)), folder)
    try:
        broker.wait_until(broker.listens(port))
        yield f"127.0.0.1:{port}"
    finally:
        broker.kill()
