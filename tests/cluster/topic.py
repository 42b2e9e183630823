"""A topic on a real broker, and what is sent to it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

PARTITIONS = 4


class Topic:
    """A topic of some partitions."""

    def __init__(self, address: str, name: str = "billing") -> None:
        self.address, self.name = address, name
        admin = AdminClient({"bootstrap.servers": address})
        for made in admin.create_topics([NewTopic(name, PARTITIONS, 1)]).values():
            made.result(30)
        self._producer = Producer({"bootstrap.servers": address})

    def send(self, events: Iterable[Any], **settings: Any) -> None:
        """Deliver events, spread over the partitions."""
        for number, event in enumerate(events):
            self._producer.produce(self.name, json.dumps(event).encode(), partition=number % PARTITIONS, **settings)
        assert self._producer.flush(30) == 0
