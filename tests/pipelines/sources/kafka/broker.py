"""A broker in this process: the one that librdkafka brings along for tests."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

from confluent_kafka import Producer


class Broker:
    """Lives as long as the object. It knows groups and offsets; it forgets nothing and knows no transactions."""

    def __init__(self, topic: str = "billing") -> None:
        self._home = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "ignored"})
        brokers = self._home.list_topics(timeout=10).brokers
        self.address = ",".join(f"{broker.host}:{broker.port}" for broker in brokers.values())
        self.topic = topic
        self._producer = Producer({"bootstrap.servers": self.address})
        while not (found := self._producer.list_topics(topic, timeout=10).topics[topic].partitions):
            time.sleep(0.05)  # asked for, it is made
        self.partitions = len(found)

    def send(self, events: Iterable[Any], **settings: Any) -> None:
        """Deliver events, spread over the partitions; bytes and None go as they are."""
        for number, event in enumerate(events):
            value = event if event is None or isinstance(event, bytes) else json.dumps(event).encode()
            self._producer.produce(self.topic, value, partition=number % self.partitions, **settings)
        assert self._producer.flush(30) == 0
