"""What this process knows of a log's end is what every other program finds there."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable, TableFeatures
from pyarrow.fs import FileSelector

from lakehouse import log_end
from lakehouse.catalogue import connect
from lakehouse.commit import NO_KEYS, application
from lakehouse.errors import CommitError
from lakehouse.log_files import log_file
from lakehouse.staging import StagedFile
from lakehouse.store import CHECKPOINT_INTERVAL, Lakehouse
from tests.lakehouse.facts import TABLE, customers


def append_each(lake: Lakehouse, ids: range) -> None:
    for n in ids:
        assert lake.append(TABLE, customers([n])).appended == 1


def test_a_file_is_created_once(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    lake.create(TABLE, log_file(77), b"first")
    with pytest.raises(FileExistsError):
        lake.create(TABLE, log_file(77), b"second")
    with lake.filesystem(TABLE).open_input_stream(log_file(77)) as stream:
        assert stream.read() == b"first"


def test_delta_rs_reads_what_was_committed(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(3)), metadata={"rtr_batch": "b1"})
    handle = lake.open(TABLE)
    assert handle.transaction_version(application(TABLE)) == 1
    assert handle.history(1)[0]["rtr_batch"] == "b1"
    (file,) = pl.DataFrame(handle.get_add_actions(flatten=True)).to_dicts()
    assert (file["num_records"], str(file["partition.event_month"])) == (3, "2025-01-01")


def test_duckdb_reads_what_was_committed(lake: Lakehouse) -> None:
    append_each(lake, range(CHECKPOINT_INTERVAL + 5))
    found = connect(lake).sql(f"select count(distinct row_key) from {TABLE.qualified_name}").fetchone()
    assert found == (CHECKPOINT_INTERVAL + 5,)


def test_checkpoints_are_written_and_nothing_is_forgotten_with_them(lake: Lakehouse) -> None:
    append_each(lake, range(2 * CHECKPOINT_INTERVAL))
    names = [Path(info.path).name for info in lake.filesystem(TABLE).get_file_info(FileSelector("_delta_log"))]
    assert sum(name.endswith(".checkpoint.parquet") for name in names) == 2
    assert lake.append(TABLE, customers(range(2 * CHECKPOINT_INTERVAL))).duplicates == 2 * CHECKPOINT_INTERVAL
    assert lake.open(TABLE).transaction_version(application(TABLE)) == 2 * CHECKPOINT_INTERVAL


def handles() -> int:
    gc.collect()
    return sum(isinstance(held, DeltaTable) for held in gc.get_objects())


def test_after_a_checkpoint_no_handle_is_held_with_all_files_of_a_table(lake: Lakehouse) -> None:
    before = handles()
    append_each(lake, range(CHECKPOINT_INTERVAL + 1))
    assert handles() == before


@pytest.mark.parametrize("splits", [1, 3 * log_end.FEW_TRANSACTIONS])
def test_few_transactions_are_remembered_and_many_are_asked_for(lake: Lakehouse, splits: int) -> None:
    append_each(lake, range(2))
    end = log_end.take(lake, TABLE)
    for n in range(splits):
        log_end.append(lake, TABLE, end, [], {f"split {n}": n, "fence": n})
    end.let_go()
    lake.open(TABLE).delete("row_key = 't|1|customer'")  # what came after this end it does not tell
    log_end.append(lake, TABLE, log_end.take(lake, TABLE), [], {"split 0": 99})
    assert [end.transaction_version(f"split {n}") for n in range(splits)] == list(range(splits))
    assert (end.transaction_version("fence"), end.transaction_version("nobody")) == (splits - 1, None)


def test_a_checkpoint_that_fails_fails_no_commit(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: DeltaTable) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(DeltaTable, "create_checkpoint", fails)
    append_each(lake, range(CHECKPOINT_INTERVAL + 1))
    assert lake.open(TABLE).count() == CHECKPOINT_INTERVAL + 1


def test_what_another_program_committed_in_between_is_seen(lake: Lakehouse) -> None:
    append_each(lake, range(4))
    lake.open(TABLE).optimize.compact()
    append_each(lake, range(4, 6))
    lake.open(TABLE).delete("row_key = 't|2|customer'")
    assert lake.append(TABLE, customers(range(6))).appended == 1
    assert sorted(lake.scan(TABLE).collect().get_column("row_key")) == [f"t|{n}|customer" for n in range(6)]


@pytest.mark.local_store
def test_a_table_made_anew_is_not_taken_for_the_old_one(lake: Lakehouse) -> None:
    append_each(lake, range(5))
    shutil.rmtree(lake.uri(TABLE))
    again = Lakehouse(lake.root)
    assert again.append(TABLE, customers(range(5))).appended == 5
    assert again.open(TABLE).count() == 5


@pytest.mark.local_store
def test_a_protocol_that_asks_more_of_a_writer_is_not_written(lake: Lakehouse) -> None:
    lake.append(TABLE, customers([1]))
    lake.open(TABLE).alter.add_feature([TableFeatures.DeletionVectors], allow_protocol_versions_increase=True)
    with pytest.raises(CommitError, match="PROTOCOL_UNKNOWN"):
        lake.append(TABLE, customers([2]))


def test_a_path_is_quoted_as_the_protocol_asks() -> None:
    file = StagedFile("name=a%20b/part-0.parquet", 1, 0, {"name": "a b"}, 0.0, NO_KEYS)
    assert log_end._add(file)["path"] == "name=a%2520b/part-0.parquet"


def test_a_resting_end_is_not_older_than_a_minute(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = log_end.LogEnd.read.__func__  # type: ignore[attr-defined]

    def counted(cls: type[log_end.LogEnd], lake: Lakehouse, table: Any) -> log_end.LogEnd:
        read.append(table.name)
        return real(cls, lake, table)  # type: ignore[no-any-return]

    monkeypatch.setattr(log_end.LogEnd, "read", classmethod(counted))
    append_each(lake, range(3))
    assert len(read) == 1
    monkeypatch.setattr(log_end, "MAX_REST_SECONDS", -1.0)
    append_each(lake, range(3, 5))
    assert len(read) == 3
