"""The partitions that a group gives us, read from where the lakehouse stands.

The lakehouse decides: a partition of which it holds a position is read on there, whatever the group has committed. The
group hears of a position after its commit in the lakehouse, for those who watch its lag. When a partition moves to another
member, what is still on its way here may be read there too, and is dropped by key and position.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaError, KafkaException, Message, TopicPartition

from lakehouse.errors import RtrError, TransientError
from pipelines.privacy import Privacy
from pipelines.sources.kafka.messages import place, to_block
from pipelines.sources.kafka.options import KafkaOptions, OnGap, Start
from pipelines.sources.ranges import LoadedRange, Range
from pipelines.sources.source import Behind, SplitState

FETCH_MESSAGES = 10_000
# How long a fetch waits where nothing is there.
FETCH_SECONDS = 0.05
BROKER_SECONDS = 15.0
FORGIVEN = frozenset(
    (KafkaError._PARTITION_EOF, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT)
)
DENIED = frozenset(
    (
        KafkaError._AUTHENTICATION,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
    )
)


@dataclass
class _Partition:
    """Where reading stands: `follows` is what the lakehouse holds, `next` the offset that is read next."""

    topic: str
    number: int
    follows: int
    next: int
    at_end: bool = False


class KafkaSource:
    """One feed of topics, as one member of a group.

    Raises RtrError KAFKA_TOPIC_MISSING, KAFKA_DENIED, KAFKA_MESSAGES_LOST and KAFKA_RECREATED, TransientError
    KAFKA_UNREACHABLE.
    """

    def __init__(
        self,
        system: str,
        options: KafkaOptions,
        positions: Callable[[], Callable[[str], int]],
        *,
        range_bytes: int,
        poll_seconds: float,
        privacy: Privacy | None = None,
    ) -> None:
        self._system = system
        self._privacy = privacy
        self._options = options
        self._positions = positions
        self._range_bytes = range_bytes
        self._poll_seconds = poll_seconds
        self._partitions: dict[str, _Partition] = {}
        self._consumer: Consumer | None = None
        self._assigned = False

    @property
    def system(self) -> str:
        return self._system

    @property
    def parts(self) -> int:
        return len(self._partitions)

    @property
    def waiting(self) -> list[str]:
        return []

    def rewind(self) -> None:
        if self._consumer is not None:
            self._consumer.close()  # what was fetched ahead is forgotten with it
        self._partitions.clear()
        self._assigned = False
        self._consumer = Consumer(self._options.client())
        self._find_topics(self._consumer)
        self._consumer.subscribe(
            list(self._options.topics), on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke
        )

    def poll(self) -> Iterator[Range]:
        deadline = time.monotonic() + self._poll_seconds
        held: dict[str, list[Message]] = defaultdict(list)
        size = 0
        while True:
            fetched = self._fetch()
            for message in fetched:
                held[self._split(message)].append(message)
                size += len(message)
            if size >= self._range_bytes:
                yield from self._ranges(held)
                held.clear()
                size = 0
            if not fetched or time.monotonic() > deadline:
                break
        yield from self._ranges(held)

    def exhausted(self) -> bool:
        return self._assigned and all(partition.at_end for partition in self._partitions.values())

    def committed(self, ends: Mapping[str, int]) -> None:
        mine = [
            TopicPartition(partition.topic, partition.number, ends[split])
            for split, partition in self._partitions.items()
            if split in ends
        ]
        if mine and self._consumer is not None:
            try:
                self._consumer.commit(offsets=mine, asynchronous=True)
            except KafkaException:
                return  # the lakehouse knows; the group hears of it the next time

    def awaiting(self) -> list[str]:
        return list(self._partitions)

    def behind(self) -> Behind:
        return Behind(sum(max(0, self._high(p) - p.next) for p in self._partitions.values()), "messages")

    def describe(self, split: str, position: int) -> SplitState | None:
        partition = self._partitions.get(split)
        if partition is None:
            return None
        high = self._high(partition)
        return SplitState(high, None, position >= high)

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None

    def _fetch(self) -> list[Message]:
        """Messages of partitions that are ours; what a client's error means is told here."""
        assert self._consumer is not None
        good = []
        for message in self._consumer.consume(FETCH_MESSAGES, FETCH_SECONDS):
            error = message.error()
            if error is None:
                good.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                self._partitions[self._split(message)].at_end = True
            elif error.code() in DENIED:
                raise RtrError("KAFKA_DENIED", str(error), "Check the user, the password and the rights of the group.")
            elif error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
                raise self._lost(str(error))
            elif error.fatal() or error.code() not in FORGIVEN:
                raise TransientError("KAFKA_FAILED", str(error), "Check the broker; the run goes on where it stands.")
        return good

    def _split(self, message: Message) -> str:
        topic, partition, _ = place(message)
        return self._options.split(topic, partition)

    def _ranges(self, held: Mapping[str, list[Message]]) -> Iterator[Range]:
        for split, messages in held.items():
            partition = self._partitions.get(split)
            if partition is None:  # revoked since they were fetched: its new owner reads them
                continue
            block = to_block(messages, split)
            if self._privacy:  # what travels through a runner may be written to its checkpoints
                block = self._privacy.applied(block)
            start = place(messages[0])[2]
            # Offsets between two messages that nobody can read (compacted, control records) are passed over.
            yield LoadedRange(
                self._system, "kafka", split, start, partition.follows, sum(len(message) for message in messages), block
            )
            partition.follows = partition.next = block.end

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        position = self._positions()
        for item in assigned:
            split = self._options.split(item.topic, item.partition)
            held = position(split)
            item.offset = self._begin(consumer, item, held)
            self._partitions[split] = _Partition(item.topic, item.partition, held, item.offset)
        self._assigned = True
        consumer.incremental_assign(assigned)

    def _on_revoke(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        for item in revoked:
            self._partitions.pop(self._options.split(item.topic, item.partition), None)
        consumer.incremental_unassign(revoked)

    def _begin(self, consumer: Consumer, item: TopicPartition, held: int) -> int:
        """The offset at which reading begins."""
        low, high = consumer.get_watermark_offsets(item, timeout=BROKER_SECONDS)
        split = self._options.split(item.topic, item.partition)
        if held:
            if held > high:
                raise RtrError(
                    "KAFKA_RECREATED",
                    f"{split} ends at {high}, the lakehouse holds it up to {held}: the topic was made anew.",
                    "Give the source another `name`, so that its partitions are read from their beginning.",
                )
            if held < low and self._options.on_gap is OnGap.FAIL:
                raise self._lost(f"{split} begins at {low}, the lakehouse holds it up to {held}")
            return max(held, low)
        if self._options.start is Start.LATEST:
            return int(high)
        if self._options.start is Start.TIMESTAMP:
            assert self._options.start_at is not None
            moment = TopicPartition(item.topic, item.partition, int(self._options.start_at.timestamp() * 1000))
            (found,) = consumer.offsets_for_times([moment], timeout=BROKER_SECONDS)
            return int(found.offset) if found.offset >= 0 else int(high)
        if self._options.start is Start.COMMITTED:
            (group,) = consumer.committed([item], timeout=BROKER_SECONDS)
            if group.offset != OFFSET_INVALID and group.offset >= low:
                return int(group.offset)
        return int(low)

    def _find_topics(self, consumer: Consumer) -> None:
        try:
            topics = consumer.list_topics(timeout=BROKER_SECONDS).topics
        except KafkaException as error:
            raise TransientError(
                "KAFKA_UNREACHABLE",
                f"No broker answers at {self._options.bootstrap_servers}: {error.args[0].str()}",
                "Check bootstrap_servers, the network, and the security settings.",
            ) from error
        if missing := [name for name in self._options.topics if not name.startswith("^") and name not in topics]:
            raise RtrError(
                "KAFKA_TOPIC_MISSING", f"There is no topic {', '.join(missing)}.", "Check its name, or create it."
            )

    def _high(self, partition: _Partition) -> int:
        assert self._consumer is not None
        item = TopicPartition(partition.topic, partition.number)
        _, high = self._consumer.get_watermark_offsets(item, cached=True)
        return int(high)

    def _lost(self, what: str) -> RtrError:
        return RtrError(
            "KAFKA_MESSAGES_LOST",
            f"{what}: messages in between were deleted before they were read.",
            "Set on_gap: skip to go on without them, after finding out what they were.",
        )
