"""Records in Kafka: answered for when every in-sync replica has them (acks=all, the delivery report is waited for)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from pipelines.receiver.config import KafkaSinkOptions
from pipelines.receiver.options import misuse
from pipelines.receiver.sink import NotKept
from pipelines.sources.kafka.options import SECRETS, VARIABLE, with_environment

# What the sink decides itself: less would answer for what may be lost.
OURS = frozenset(("bootstrap.servers", "acks", "enable.idempotence"))
POLL_SECONDS = 0.05
PROBE_SECONDS = 3.0


def settings(options: KafkaSinkOptions, timeout_seconds: float) -> dict[str, Any]:
    """Settings of the producer, with the values of environment variables in the place of ${THEIR_NAME}."""
    if taken := sorted(OURS.intersection(options.properties)):
        raise misuse(f"kafka.properties.{taken[0]}", "is decided by the receiver")
    for name, text in options.properties.items():
        if SECRETS.search(name) and not VARIABLE.search(text):
            raise misuse(f"kafka.properties.{name}", "is a secret: write ${VARIABLE} and set that variable")
    return {
        "linger.ms": 2,
        "delivery.timeout.ms": int(timeout_seconds * 1000),
        "message.max.bytes": 32 * 1024 * 1024,
        **{name: with_environment(name, text) for name, text in options.properties.items()},
        "bootstrap.servers": options.bootstrap_servers,
        "acks": "all",
        "enable.idempotence": True,
    }


class KafkaSink:
    """One topic a source. A delivery report comes in a thread of its own and wakes the request that waits for it."""

    def __init__(self, options: KafkaSinkOptions, timeout_seconds: float) -> None:
        self._producer = Producer(settings(options, timeout_seconds))
        self._topic = options.topic
        self._timeout_seconds = timeout_seconds
        self.failure: str | None = None
        self._stop = threading.Event()
        self._reports = threading.Thread(target=self._poll, name="kafka-reports", daemon=True)
        self._reports.start()

    async def put(self, source: str, lines: Sequence[bytes]) -> None:
        """All lines of a delivery: where one is not reported as kept, the sender sends all of them again."""
        loop = asyncio.get_running_loop()
        waiting = [loop.create_future() for _ in lines]
        try:
            for line, done in zip(lines, waiting, strict=True):
                topic = self._topic.replace("{source}", source)
                self._producer.produce(topic, line.rstrip(b"\n"), on_delivery=_reporter(loop, done))
            await asyncio.gather(*waiting)
        except BufferError:
            self.failure = "the queue to the broker is full"
        except KafkaException as error:
            self.failure = _told(error.args[0])
        except NotKept as error:
            self.failure = str(error)
        else:
            self.failure = None
            return
        raise NotKept(self.failure)

    async def probe(self) -> None:
        try:
            await asyncio.to_thread(self._producer.list_topics, timeout=PROBE_SECONDS)
        except KafkaException as error:
            self.failure = _told(error.args[0])
        else:
            self.failure = None

    async def tick(self) -> None:
        return None

    async def close(self) -> None:
        await asyncio.to_thread(self._producer.flush, self._timeout_seconds)
        self._stop.set()
        await asyncio.to_thread(self._reports.join)

    def _poll(self) -> None:
        while not self._stop.is_set():
            self._producer.poll(POLL_SECONDS)


def _reporter(loop: asyncio.AbstractEventLoop, done: asyncio.Future[None]) -> Callable[[KafkaError | None, Message], None]:
    def settle(error: KafkaError | None) -> None:
        if done.done():  # the request was given up meanwhile
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(NotKept(_told(error)))

    return lambda error, message: loop.call_soon_threadsafe(settle, error)  # type: ignore[return-value]


def _told(error: object) -> str:
    """The broker's word for what went wrong, without addresses."""
    return error.name() if isinstance(error, KafkaError) else type(error).__name__
