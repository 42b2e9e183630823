"""A topic read into the lakehouse: every message once, at its offset, whatever stops, moves or repeats."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import polars as pl
import pytest
from confluent_kafka import Consumer, TopicPartition

from cli.laws.events import conserved, exactly_once
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, quarantine, silver
from pipelines.feeds import IngestOptions
from pipelines.ingest import Summary, ingest
from pipelines.sources.kafka import KafkaFeed, KafkaOptions, Start
from tests.pipelines.events import cash_event
from tests.pipelines.sources.kafka.broker import Broker

# The broker of the tests learns of a member's end by its long silence: each reading has a group of its own.
GROUPS = count()


@pytest.fixture
def broker() -> Broker:
    return Broker()


def options(broker: Broker, **changes: Any) -> KafkaOptions:
    return KafkaOptions(broker.address, (broker.topic,), **({"group": f"rtr-{next(GROUPS)}"} | changes))


def read(lake: Lakehouse, broker: Broker, **changes: Any) -> Summary:
    return ingest(lake, [KafkaFeed("native", options(broker, **changes))], IngestOptions(range_bytes=20_000))


def assert_exact(lake: Lakehouse, events: int, records: int) -> None:
    assert lake.open(silver.CASH).count() == events
    assert lake.open(bronze.EVENTS).count() == records
    for law in (conserved, exactly_once):
        assert law(lake).breaches == ()


def test_what_was_sent_is_read_once_and_a_new_run_goes_on_after_it(lake: Lakehouse, broker: Broker) -> None:
    broker.send([cash_event(n) for n in range(200)])
    assert read(lake, broker).accepted == 200
    broker.send([cash_event(n) for n in range(150, 260)])
    second = read(lake, broker)
    assert (second.received, second.accepted, second.duplicate) == (110, 60, 50)
    assert_exact(lake, 260, 310)


def test_key_headers_and_time_of_a_message_are_kept(lake: Lakehouse, broker: Broker) -> None:
    sent = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
    broker.send(
        [cash_event(1)], key=b"\xffkey", headers=[("trace", b"1"), ("raw", b"\xff")], timestamp=int(sent.timestamp() * 1000)
    )
    read(lake, broker)
    (row,) = lake.scan(bronze.EVENTS).collect().to_dicts()
    assert row["message_key"] == b"\xffkey"
    assert row["headers"] == '[["trace", "1"], ["raw", {"base64": "/w=="}]]'
    assert row["sent_at"] == sent
    assert row["split"].startswith("billing/")
    assert lake.scan(silver.CASH).collect().get_column("channel").to_list() == ["kafka"]


def test_poison_goes_to_quarantine_and_stops_nothing(lake: Lakehouse, broker: Broker) -> None:
    broker.send([None, b"\xff\x00 rubbish", b"{", cash_event(1), cash_event(2, amount="ten")])
    assert read(lake, broker).quarantined == 4
    assert_exact(lake, 1, 5)
    codes = lake.scan(quarantine.REJECTED).collect().get_column("code")
    assert sorted(codes) == ["MALFORMED_JSON", "MALFORMED_JSON", "NOT_UTF8", "WRONG_TYPE"]


def test_the_group_hears_of_a_position_only_after_the_commit(
    lake: Lakehouse, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    real = Consumer.commit

    def commit(self: Consumer, *args: Any, **kwargs: Any) -> Any:
        for item in kwargs["offsets"]:
            split = f"{item.topic}/{item.partition}"
            held = lake.scan(bronze.EVENTS).filter(pl.col("split") == split).collect().get_column("position").max()
            assert item.offset == int(str(held)) + 1
            told.append(item.offset)
        return real(self, *args, **kwargs)

    from pipelines.sources.kafka import source

    monkeypatch.setattr(source, "Consumer", type("Watched", (Consumer,), {"commit": commit}))
    broker.send([cash_event(n) for n in range(40)])
    read(lake, broker)
    assert told == [10] * 4


@pytest.mark.parametrize(("start", "expected"), [(Start.EARLIEST, 8), (Start.LATEST, 0), (Start.COMMITTED, 6)])
def test_where_reading_begins_and_that_it_goes_on_from_there(
    lake: Lakehouse, broker: Broker, start: Start, expected: int
) -> None:
    broker.send([cash_event(n) for n in range(8)])
    group = Consumer({"bootstrap.servers": broker.address, "group.id": "rtr"})
    group.commit(offsets=[TopicPartition(broker.topic, partition, 1) for partition in (0, 1)], asynchronous=False)
    group.close()
    assert read(lake, broker, start=start, group="rtr").accepted == expected
    broker.send([cash_event(n) for n in range(100, 108)])
    # Partitions of which nothing was read yet begin by the rule again.
    after = 8 if start is not Start.LATEST else 0
    assert read(lake, broker, start=start).accepted == after
    assert conserved(lake).breaches == ()


def test_a_broker_that_does_not_answer_and_a_topic_that_is_not_there(
    lake: Lakehouse, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.sources.kafka import source

    monkeypatch.setattr(source, "BROKER_SECONDS", 0.5)
    with pytest.raises(RtrError, match="KAFKA_UNREACHABLE"):
        ingest(lake, [KafkaFeed("native", KafkaOptions("127.0.0.1:1", ("billing",), "g"))])


def test_a_topic_that_was_made_anew_is_not_read_as_the_old_one(lake: Lakehouse, broker: Broker) -> None:
    broker.send([cash_event(n) for n in range(40)])
    read(lake, broker)
    other = Broker()
    other.send([cash_event(1)])
    with pytest.raises(RtrError, match="KAFKA_RECREATED"):
        read(lake, other)
    assert read(lake, other, name="other").duplicate == 1
    assert_exact(lake, 40, 41)
