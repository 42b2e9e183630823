"""A commit that fails, races or loses its reply neither loses nor doubles a row."""

from __future__ import annotations

from typing import Any

import pytest

from lakehouse import commit, retry
from lakehouse.commit import commit_staged
from lakehouse.errors import CommitError, TransientError
from lakehouse.staging import stage
from lakehouse.store import Lakehouse
from tests.lakehouse.facts import TABLE, customers

Create = Any


@pytest.fixture
def real_create() -> Create:
    return Lakehouse.create


def test_a_lost_reply_is_found_in_the_log(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch, real_create: Create) -> None:
    lost = []

    def commit_and_lose_the_reply(self: Lakehouse, *args: Any, **kwargs: Any) -> None:
        real_create(self, *args, **kwargs)
        if not lost:
            lost.append(True)
            raise OSError("connection reset")

    monkeypatch.setattr(Lakehouse, "create", commit_and_lose_the_reply)
    result = lake.append(TABLE, customers(range(10)))
    assert lost
    assert (result.appended, result.duplicates) == (10, 0)
    assert lake.open(TABLE).count() == 10


def test_the_loser_of_a_race_checks_its_keys_again(
    lake: Lakehouse, monkeypatch: pytest.MonkeyPatch, real_create: Create
) -> None:
    lake.append(TABLE, customers(range(2)))
    raced = []

    def somebody_is_faster(self: Lakehouse, *args: Any, **kwargs: Any) -> None:
        if not raced:
            raced.append(True)
            other = Lakehouse(lake.root)
            staged = stage(other, TABLE, customers(range(5, 15)))
            commit._Attempts(other, TABLE, staged, commit.NO_KEYS, None).run()
        real_create(self, *args, **kwargs)

    monkeypatch.setattr(Lakehouse, "create", somebody_is_faster)
    result = lake.append(TABLE, customers(range(10)))
    assert raced
    assert (result.appended, result.duplicates) == (3, 7)  # 0, 1 were there; 5..9 came in between
    assert lake.scan(TABLE).collect().get_column("row_key").is_unique().all()
    assert lake.open(TABLE).count() == 15


def test_a_store_that_keeps_failing_says_so_and_nothing_is_committed(
    lake: Lakehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.ensure(TABLE)

    def never(self: Lakehouse, *args: Any, **kwargs: Any) -> None:
        raise OSError("no route to the store")

    monkeypatch.setattr(Lakehouse, "create", never)
    monkeypatch.setattr(retry, "MAX_ATTEMPTS", 3)
    with pytest.raises(TransientError, match="COMMIT_EXHAUSTED"):
        lake.append(TABLE, customers(range(10)))
    monkeypatch.undo()
    assert lake.append(TABLE, customers(range(10))).appended == 10


def test_a_store_that_fails_now_and_then_only_delays(
    lake: Lakehouse, monkeypatch: pytest.MonkeyPatch, real_create: Create
) -> None:
    calls = []

    def every_third_works(self: Lakehouse, *args: Any, **kwargs: Any) -> None:
        calls.append(True)
        if len(calls) % 3:
            raise OSError("timeout")
        real_create(self, *args, **kwargs)

    monkeypatch.setattr(Lakehouse, "create", every_third_works)
    appended = [lake.append(TABLE, customers(range(i, i + 3))).appended for i in range(0, 9, 3)]
    assert appended == [3, 3, 3]


def test_a_staged_file_that_is_gone_is_not_committed(lake: Lakehouse) -> None:
    lake.ensure(TABLE)
    staged = stage(lake, TABLE, customers(range(3)))
    lake.filesystem(TABLE).delete_file(staged[0].path)
    with pytest.raises(CommitError, match="STAGED_FILE_LOST"):
        commit_staged(lake, TABLE, staged)
    assert lake.open(TABLE).count() == 0


def test_an_old_staged_file_is_written_anew(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.ensure(TABLE)
    staged = stage(lake, TABLE, customers(range(3)))
    monkeypatch.setattr(commit, "MAX_STAGED_AGE_SECONDS", -1.0)
    commit_staged(lake, TABLE, staged)
    assert staged[0].path not in str(lake.open(TABLE).file_uris())
    assert lake.open(TABLE).count() == 3


def test_rows_left_out_as_known_must_still_be_there(lake: Lakehouse) -> None:
    lake.append(TABLE, customers(range(3)))
    known = stage(lake, TABLE, customers([1]))[0].keys
    staged = stage(lake, TABLE, customers([7]))
    lake.open(TABLE).delete("row_key = 't|1|customer'")
    with pytest.raises(CommitError, match="KNOWN_KEY_GONE"):
        commit_staged(lake, TABLE, staged, known=known)
