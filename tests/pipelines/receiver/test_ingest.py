"""From a delivery to silver: the file source follows the segments, and each event arrives once, as a webhook."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import polars as pl

from cli.laws.events import conserved, exactly_once
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, quarantine, silver
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import ingest
from pipelines.receiver.retention import remove_ingested
from pipelines.receiver.segments import SUFFIX
from tests.pipelines.events import cash_event
from tests.pipelines.receiver.support import Running, bearer, configured, receiving, segments

CONFIG = configured(erp={"system": "native", "verify": "bearer"})


def deliver(receiver: Running, event: object) -> None:
    body = event if isinstance(event, bytes) else json.dumps(event, indent=2).encode()
    assert receiver.post("/webhooks/erp", body, bearer())[0] == 200


def feed(spool: Path) -> Feed:
    return Feed("native", str(spool / "erp" / "*.jsonl"))


def assert_laws(lake: Lakehouse) -> None:
    assert conserved(lake).breaches == ()
    assert exactly_once(lake).breaches == ()


def test_deliveries_reach_silver_once_as_webhooks(lake: Lakehouse, tmp_path: Path) -> None:
    with receiving(CONFIG, tmp_path / "spool") as receiver:
        for number in (1, 2, 2, 3):
            deliver(receiver, cash_event(number))
        deliver(receiver, b'{"table": "cash", ')  # signed, and no JSON
    summary = ingest(lake, [feed(tmp_path / "spool")])
    assert (summary.received, summary.accepted, summary.duplicate, summary.quarantined) == (5, 3, 1, 1)
    cash = lake.scan(silver.CASH).collect()
    assert sorted(cash.get_column("source_event_id")) == ["e1", "e2", "e3"]
    assert cash.get_column("channel").unique().to_list() == ["webhook"]
    (payload,) = lake.scan(quarantine.REJECTED).collect().get_column("payload")
    assert json.loads(payload)["body_text"] == '{"table": "cash", '
    assert_laws(lake)


def test_a_replay_keeps_its_own_channel(lake: Lakehouse, tmp_path: Path) -> None:
    with receiving(CONFIG, tmp_path / "spool") as receiver:
        deliver(receiver, cash_event(1))
    ingest(lake, [feed(tmp_path / "spool")], IngestOptions(channel="replay"))
    assert lake.scan(silver.CASH).collect().get_column("channel").to_list() == ["replay"]


def test_a_torn_line_waits_then_is_cut_off_and_merges_with_nothing(lake: Lakehouse, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    with receiving(CONFIG, spool) as receiver:
        deliver(receiver, cash_event(1))
    (first,) = segments(spool, "erp")
    with first.open("ab") as torn:  # what a kill leaves of a line that nobody acknowledged
        torn.write(json.dumps(cash_event(2)).encode()[:40])
    summary = ingest(lake, [feed(spool)])
    assert summary.received == 1
    assert "not complete" in summary.waiting[0]
    with receiving(CONFIG, spool) as receiver:
        deliver(receiver, cash_event(2))  # the sender comes again
    assert len(segments(spool, "erp")) == 2
    summary = ingest(lake, [feed(spool)])
    assert (summary.received, summary.accepted, summary.waiting) == (1, 1, [])
    assert lake.open(silver.CASH).count() == 2
    assert_laws(lake)


def test_a_whole_line_without_its_newline_that_was_read_is_not_read_again(lake: Lakehouse, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    (spool / "erp").mkdir(parents=True)
    path = spool / "erp" / f"20260101T000000000000Z-00000000{SUFFIX}"
    path.write_bytes(json.dumps(cash_event(1)).encode())
    assert ingest(lake, [feed(spool)]).accepted == 1
    with receiving(CONFIG, spool):
        pass
    assert path.read_bytes().endswith(b"}\n")
    assert ingest(lake, [feed(spool)]).received == 0
    assert lake.open(bronze.EVENTS).count() == 1


def test_segments_are_followed_while_they_grow(lake: Lakehouse, tmp_path: Path) -> None:
    spool, stop = tmp_path / "spool", threading.Event()
    options = IngestOptions(follow=True, trigger_seconds=0.05, range_bytes=2000)
    following = threading.Thread(target=ingest, args=(lake, [feed(spool)], options), kwargs={"stop": stop})
    with receiving(CONFIG, spool) as receiver:
        following.start()
        try:
            for number in range(150):
                deliver(receiver, cash_event(number))
            deadline = time.monotonic() + 60
            while not lake.exists(silver.CASH) or lake.open(silver.CASH).count() < 150:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            stop.set()
            following.join()
    assert lake.open(bronze.EVENTS).count() == 150
    assert_laws(lake)


def test_only_what_bronze_holds_to_its_end_is_removed(lake: Lakehouse, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    for number in (1, 2):
        with receiving(CONFIG, spool) as receiver:
            deliver(receiver, cash_event(number))
    assert remove_ingested(lake, CONFIG, spool, 0) == []  # nothing was ingested yet
    ingest(lake, [feed(spool)])
    with receiving(CONFIG, spool) as receiver:
        deliver(receiver, cash_event(3))
        ingest(lake, [feed(spool)])
        kept = segments(spool, "erp")
        assert remove_ingested(lake, CONFIG, spool, 1) == []  # too young
        removed = remove_ingested(lake, CONFIG, spool, 0)
        assert removed == kept[:2]  # the third is being written, though all of it was read
    with receiving(CONFIG, spool) as receiver:
        deliver(receiver, cash_event(4))
    assert remove_ingested(lake, CONFIG, spool, 0) == [kept[2]]  # the fourth was not read
    summary = ingest(lake, [feed(spool)])
    assert (summary.accepted, lake.scan(silver.CASH).select(pl.len()).collect().item()) == (1, 4)
    assert_laws(lake)
