"""The ingest: every record accounted for, every event once, in whatever pieces it comes."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import polars as pl
import pytest
from apache_beam.runners.worker.statesampler import StateSampler

from cli.laws.events import conserved, exactly_once
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, ops, quarantine, silver
from pipelines.drivers.micro import SAMPLING_MILLISECONDS
from pipelines.feeds import Feed, IngestOptions
from pipelines.ingest import Summary, ingest
from pipelines.transforms.batch import BatchResult
from tests.pipelines.events import cash_event, write_lines

SMALL = IngestOptions(batch_bytes=2000, range_bytes=700)


def run(lake: Lakehouse, path: object, options: IngestOptions = SMALL) -> Summary:
    return ingest(lake, [Feed("native", str(path))], options)


def counts(summary: Summary) -> tuple[int, int, int, int, int]:
    return (summary.received, summary.accepted, summary.unmapped, summary.duplicate, summary.quarantined)


def assert_lawful(lake: Lakehouse) -> None:
    for check in (conserved, exactly_once):
        assert check(lake).breaches == ()


def test_every_record_is_accounted_for(lake: Lakehouse, tmp_path: Path) -> None:
    events: list[object] = [cash_event(n) for n in range(40)]
    events += [cash_event(3), cash_event(17), b"no json", cash_event(50, amount="ten"), cash_event(51, currency="ZZZ")]
    random.Random(1).shuffle(events)
    summary = run(lake, write_lines(tmp_path / "a.jsonl", events))
    assert counts(summary) == (45, 40, 0, 2, 3)
    assert summary.batches > 2
    assert_lawful(lake)
    assert lake.open(silver.CASH).count() == 40
    assert lake.open(bronze.EVENTS).count() == 45


def test_a_second_run_adds_nothing_and_a_copy_under_another_name_only_duplicates(lake: Lakehouse, tmp_path: Path) -> None:
    first = write_lines(tmp_path / "a.jsonl", (cash_event(n) for n in range(20)))
    run(lake, tmp_path / "*.jsonl")
    assert counts(run(lake, tmp_path / "*.jsonl")) == (0, 0, 0, 0, 0)
    (tmp_path / "copy.jsonl").write_bytes(first.read_bytes())
    assert counts(run(lake, tmp_path / "*.jsonl")) == (20, 0, 0, 20, 0)
    assert_lawful(lake)


def test_a_file_that_grew_is_read_on(lake: Lakehouse, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl", (cash_event(n) for n in range(5)))
    run(lake, file)
    with file.open("ab") as more:
        more.write(write_lines(tmp_path / "b", [cash_event(5)]).read_bytes()[:-1])
    assert counts(run(lake, file)) == (1, 1, 0, 0, 0)
    assert_lawful(lake)


def test_the_same_id_with_other_content_is_a_conflict_whichever_batch_it_comes_in(lake: Lakehouse, tmp_path: Path) -> None:
    events = [cash_event(n) for n in range(30)]
    events += [cash_event(0, amount="11.00"), cash_event(29, amount="12.00")]
    summary = run(lake, write_lines(tmp_path / "a.jsonl", events))
    assert counts(summary) == (32, 30, 0, 0, 2)
    rejected = lake.scan(quarantine.REJECTED).sort("source_event_id").collect()
    assert rejected.get_column("code").to_list() == ["EVENT_CONFLICT"] * 2
    assert rejected.get_column("source_event_id").to_list() == ["e0", "e29"]
    assert rejected.filter(pl.col("content_hash") == pl.col("accepted_content_hash")).is_empty()
    assert lake.scan(silver.CASH).select(pl.col("amount").sum()).collect().item() == 300  # 30 x 10.00: the first stands
    assert_lawful(lake)


def test_two_events_of_equal_content_are_two(lake: Lakehouse, tmp_path: Path) -> None:
    twins = [cash_event(1), cash_event(2, object_id="payment-1", effective_at="2025-01-02T12:00:00Z")]
    conflict = cash_event(1, amount="11.00")
    summary = run(lake, write_lines(tmp_path / "a.jsonl", [*twins, conflict]))
    assert counts(summary) == (3, 2, 0, 0, 1)
    assert lake.open(silver.CASH).count() == 2
    assert_lawful(lake)


def test_a_crash_between_two_tables_is_repaired_by_reading_again(
    lake: Lakehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.transforms import commit

    file = write_lines(tmp_path / "a.jsonl", (cash_event(n) for n in range(30)))

    def crash(*arguments: object, **options: object) -> int:
        raise RtrError("POWER_CUT", "The power was cut.", "Run again.")

    monkeypatch.setattr(commit, "commit_ranges", crash)
    with pytest.raises(RtrError, match="POWER_CUT"):
        run(lake, file)
    assert lake.open(bronze.EVENTS).count() == 0
    assert lake.open(silver.CASH).count() > 0
    monkeypatch.undo()
    summary = run(lake, file)
    assert summary.received == 30
    assert lake.open(silver.CASH).count() == 30
    assert_lawful(lake)


def test_two_ingests_at_once_over_the_same_files(lake: Lakehouse, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", (cash_event(n) for n in range(60)))
    others = [Lakehouse(lake.root) for _ in range(2)]
    threads = [threading.Thread(target=run, args=(other, tmp_path / "*.jsonl")) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lake.open(silver.CASH).count() == 60
    assert lake.open(bronze.EVENTS).count() == 60
    assert_lawful(lake)


def test_following_reads_what_arrives_until_it_is_stopped(lake: Lakehouse, tmp_path: Path) -> None:
    stop = threading.Event()
    options = IngestOptions(follow=True, trigger_seconds=0.05)
    feeds = [Feed("native", str(tmp_path / "*.jsonl"))]
    thread = threading.Thread(target=ingest, args=(lake, feeds, options), kwargs={"stop": stop})
    thread.start()
    try:
        for n in range(3):
            write_lines(tmp_path / "part", [cash_event(n)]).rename(tmp_path / f"{n}.jsonl")
            deadline = time.monotonic() + 30
            while not (lake.exists(silver.CASH) and lake.open(silver.CASH).count() == n + 1):
                assert time.monotonic() < deadline
                time.sleep(0.05)
    finally:
        stop.set()
        thread.join()
    assert_lawful(lake)
    assert lake.scan(ops.POSITIONS).select(pl.col("complete").all()).collect().item()


def test_batches_that_are_staged_side_by_side_repeat_and_contradict_each_other(lake: Lakehouse, tmp_path: Path) -> None:
    """Each batch of a followed source repeats half of the one before and contradicts one of its events."""
    for start in range(0, 60, 10):
        events = [cash_event(n) for n in range(start, start + 20)]
        write_lines(tmp_path / f"{start:02}.jsonl", [*events, cash_event(start, amount="11.00")])
    stop = threading.Event()
    options = IngestOptions(batch_bytes=3000, range_bytes=3000, follow=True, trigger_seconds=0.01)
    batches: list[BatchResult] = []

    def progress(result: BatchResult) -> None:
        batches.append(result)
        if sum(batch.received for batch in batches) == 6 * 21:
            stop.set()

    summary = ingest(lake, [Feed("native", str(tmp_path / "*.jsonl"))], options, stop=stop, progress=progress)
    assert len(batches) > 3
    assert counts(summary) == (126, 70, 0, 50, 6)
    assert lake.scan(silver.CASH).select(pl.col("amount").sum()).collect().item() == 700
    assert_lawful(lake)


def test_a_bundle_of_the_micro_driver_does_not_wait_for_beams_sampler(lake: Lakehouse, tmp_path: Path) -> None:
    run(lake, write_lines(tmp_path / "a.jsonl", [cash_event(1)]))
    assert StateSampler("any", None).sampling_period_ms == SAMPLING_MILLISECONDS


def test_a_record_too_large_is_quarantined_and_the_rest_is_read(
    lake: Lakehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.transforms import stage

    monkeypatch.setattr(stage, "MAX_RECORD_BYTES", 5000)
    monkeypatch.setattr(stage, "MAX_QUARANTINED_PAYLOAD", 4000)
    large = cash_event(1, object_id="x" * 9000)
    write_lines(tmp_path / "in" / "a.jsonl", [cash_event(0), large, cash_event(2)])
    write_lines(tmp_path / "in" / "b.jsonl", [cash_event(3), cash_event(4)])
    summary = run(lake, tmp_path / "in", IngestOptions())
    assert counts(summary) == (5, 4, 0, 0, 1)
    (row,) = lake.scan(quarantine.REJECTED).collect().iter_rows(named=True)
    assert row["code"] == "RECORD_TOO_LARGE"
    assert row["message"] == "The record has 9,198 bytes, more than an event may have."
    assert row["payload"] is None
    assert lake.scan(bronze.EVENTS).select(pl.col("payload").bin.size().max()).collect().item() > 9000
    assert_lawful(lake)


def test_an_unknown_system_and_a_pattern_without_a_match_say_so(lake: Lakehouse, tmp_path: Path) -> None:
    with pytest.raises(RtrError, match="UNKNOWN_SYSTEM"):
        ingest(lake, [Feed("nobody", str(tmp_path))])
    with pytest.raises(RtrError, match="NO_INPUT"):
        run(lake, tmp_path / "*.jsonl")


def test_batches_before_one_that_fails_are_committed(lake: Lakehouse, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", (cash_event(n) for n in range(4)))
    (tmp_path / "b.parquet").write_bytes(b"no parquet")
    write_lines(tmp_path / "c.jsonl", (cash_event(n) for n in range(10, 14)))
    with pytest.raises(RtrError, match="INPUT_UNREADABLE"):
        run(lake, tmp_path, IngestOptions(batch_bytes=1, range_bytes=1 << 20))
    assert lake.open(silver.CASH).count() == 4
    (tmp_path / "b.parquet").unlink()
    assert run(lake, tmp_path).accepted == 4
    assert_lawful(lake)
