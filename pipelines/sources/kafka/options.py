"""Where a topic is, where reading begins, and how the broker is spoken to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from lakehouse.errors import RtrError

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# What the source decides itself.
OURS = frozenset(("bootstrap.servers", "group.id", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset"))
SECRETS = re.compile(r"password|secret|key\.pem|sasl\.oauthbearer\.config", re.IGNORECASE)


class Start(StrEnum):
    """Where reading begins in a partition of which the lakehouse holds nothing; where it holds some, it goes on there."""

    COMMITTED = "committed"  # at what the group has committed, else at the earliest message
    EARLIEST = "earliest"
    LATEST = "latest"
    TIMESTAMP = "timestamp"


class OnGap(StrEnum):
    """What to do where the topic has forgotten messages that were not read."""

    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True)
class KafkaOptions:
    """Topics of one broker. `properties` are settings of librdkafka, such as those of SASL and TLS.

    `name` tells two brokers with equal topics apart; `start_at` goes with Start.TIMESTAMP. On a cluster so many `readers`
    share the partitions.
    """

    bootstrap_servers: str
    topics: tuple[str, ...]
    group: str
    start: Start = Start.COMMITTED
    start_at: datetime | None = None
    on_gap: OnGap = OnGap.FAIL
    name: str = ""
    readers: int = 1
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.topics or not all(self.topics):
            raise _misuse("topics", "names no topic")
        if (self.start is Start.TIMESTAMP) != (self.start_at is not None):
            raise _misuse("start_at", "belongs to start: timestamp, and only to it")
        if taken := OURS.intersection(self.properties):
            raise _misuse("properties", f"may not set {', '.join(sorted(taken))}")

    def split(self, topic: str, partition: int) -> str:
        """Name of a partition in positions and in bronze."""
        return f"{self.name}:{topic}/{partition}" if self.name else f"{topic}/{partition}"

    def client(self) -> dict[str, Any]:
        """The settings of the consumer, with the values of environment variables in the place of ${THEIR_NAME}."""
        return {
            # Memory stays flat: what is fetched ahead is bounded.
            "queued.max.messages.kbytes": 32 * 1024,
            "fetch.message.max.bytes": 4 * 1024 * 1024,
            "partition.assignment.strategy": "cooperative-sticky",
            "isolation.level": "read_committed",
            # How long the partitions of a member that was killed are nobody's.
            "session.timeout.ms": 10_000,
            "enable.partition.eof": True,
            **{name: with_environment(name, text) for name, text in self.properties.items()},
            "bootstrap.servers": self.bootstrap_servers,
            "group.id": self.group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
        }


def options_from(given: Mapping[str, Any]) -> KafkaOptions:
    """Options as a configuration file names them; RtrError KAFKA_OPTION names what is wrong."""
    known = KafkaOptions.__dataclass_fields__
    if strange := set(given) - set(known):
        raise _misuse(sorted(strange)[0], f"is unknown; known are {', '.join(known)}")
    if missing := {"bootstrap_servers", "topics", "group"} - set(given):
        raise _misuse(sorted(missing)[0], "is missing")
    values = dict(given)
    topics = values["topics"]
    values["topics"] = (topics,) if isinstance(topics, str) else tuple(str(topic) for topic in topics)
    properties = {str(name): str(text) for name, text in dict(values.get("properties", {})).items()}
    for name, text in properties.items():
        if SECRETS.search(name) and not VARIABLE.search(text):
            raise _misuse(f"properties.{name}", "is a secret: write ${VARIABLE} and set that variable in the environment")
    try:
        values["start"] = Start(values.get("start", Start.COMMITTED))
        values["on_gap"] = OnGap(values.get("on_gap", OnGap.FAIL))
        values["start_at"] = _moment(values.get("start_at"))
        values["readers"] = int(values.get("readers", 1))
    except ValueError as error:
        raise _misuse("start, start_at, on_gap or readers", f"does not fit: {error}") from error
    return KafkaOptions(**(values | {"properties": properties}))


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def with_environment(name: str, text: str) -> str:
    def value(found: re.Match[str]) -> str:
        try:
            return os.environ[found.group(1)]
        except KeyError:
            raise _misuse(
                f"properties.{name}", f"needs the environment variable {found.group(1)}, which is not set"
            ) from None

    return VARIABLE.sub(value, text)


def _misuse(what: str, problem: str) -> RtrError:
    return RtrError("KAFKA_OPTION", f"kafka.{what} {problem}.", "See pipelines/README.md for the options of a topic.")
