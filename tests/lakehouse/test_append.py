"""An append is exactly once by key, whatever is repeated."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from lakehouse.commit import key_index
from lakehouse.hashing import key_records
from lakehouse.store import Lakehouse
from tests.lakehouse.facts import TABLE, customers


def keys(lake: Lakehouse) -> list[str]:
    return lake.scan(TABLE).select("row_key").collect().get_column("row_key").sort().to_list()


def forget_process_state(lake: Lakehouse) -> None:
    """What a restart forgets; the index on disk stays."""
    from lakehouse import commit

    commit._indexes.clear()


def test_repeats_are_dropped_and_counted(lake: Lakehouse) -> None:
    first = lake.append(TABLE, customers(range(10)))
    again = lake.append(TABLE, customers(range(5, 15)))
    assert (first.appended, first.duplicates) == (10, 0)
    assert (again.appended, again.duplicates) == (5, 5)
    assert len(keys(lake)) == 15


def test_a_repeat_under_another_timestamp_is_still_a_repeat(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(10), month=1))
    again = lake.append(TABLE, customers(range(10), month=12))
    assert (again.appended, again.duplicates) == (0, 10)


def test_another_content_under_one_key_is_a_conflict_and_is_handed_back(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(3), content="aa"))
    result = lake.append(TABLE, customers(range(2, 5), content="bb"))
    assert (result.appended, result.duplicates) == (2, 0)
    assert result.conflicts.get_column("row_key").to_list() == ["t|2|customer"]


def test_what_was_committed_is_known_when_the_commit_is_done(lake: Lakehouse) -> None:
    """What is staged next is looked up before its commit: else its files would be written again without the repeats."""
    lake.append(TABLE, customers(range(3)))
    keys = key_records(customers(range(1, 5)), TABLE.key, TABLE.content_hash)
    assert key_index(lake, TABLE).look_up(keys).present.tolist() == [True, True, False, False]


def test_within_one_batch_the_first_row_of_a_key_counts(lake: Lakehouse) -> None:
    batch = pl.concat([customers([1, 2, 1], content="aa"), customers([2], content="bb")])
    result = lake.append(TABLE, batch)
    assert (result.appended, result.duplicates, result.conflicts.height) == (2, 1, 1)


def test_parts_are_one_commit_and_none_where_a_part_fails(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    before = lake.version(TABLE)
    assert before is not None
    result = lake.append_parts(TABLE, (customers(range(start, start + 6)) for start in (0, 5, 10)))
    assert (result.version, result.appended, result.duplicates) == (before + 1, 16, 2)

    def broken() -> Iterator[pl.DataFrame]:
        yield customers(range(20, 30))
        raise ValueError("the second part cannot be computed")

    with pytest.raises(ValueError, match="second part"):
        lake.append_parts(TABLE, broken())
    assert lake.version(TABLE) == before + 1
    assert lake.append_parts(TABLE, []).version is None


def test_rows_deleted_can_be_replayed(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(10)))
    lake.open(TABLE).delete("row_key = 't|4|customer'")
    assert lake.append(TABLE, customers(range(10))).appended == 1
    assert len(keys(lake)) == 10


def test_repeats_are_known_after_compaction_vacuum_log_cleanup_and_restart(lake: Lakehouse) -> None:
    for start in range(0, 50, 10):
        lake.append(TABLE, customers(range(start, start + 10)))
    handle = lake.open(TABLE)
    handle.optimize.compact()
    handle.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)
    handle.create_checkpoint()
    handle.cleanup_metadata()
    forget_process_state(lake)
    assert lake.append(TABLE, customers(range(60))).appended == 10
    assert len(set(keys(lake))) == len(keys(lake)) == 60


def test_the_index_is_rebuilt_on_another_machine(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(10)))
    lake.append(TABLE, customers(range(10, 20)))
    forget_process_state(lake)
    for file in key_index(lake, TABLE)._folder.iterdir():
        file.unlink()
    assert lake.append(TABLE, customers(range(20))).appended == 0


def test_a_damaged_index_is_rebuilt(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(10)))
    lake.append(TABLE, customers(range(10, 20)))
    folder = key_index(lake, TABLE)._folder
    forget_process_state(lake)
    for run in folder.glob("*.run"):
        run.write_bytes(bytes(run.stat().st_size))
    assert lake.append(TABLE, customers(range(20))).appended == 0


def test_rows_that_another_writer_added_without_the_index_are_known(lake: Lakehouse) -> None:
    from deltalake import write_deltalake

    lake.append(TABLE, customers(range(5)))
    write_deltalake(lake.uri(TABLE), customers(range(5, 8)).to_arrow(), mode="append")
    assert lake.append(TABLE, customers(range(10))).appended == 2
