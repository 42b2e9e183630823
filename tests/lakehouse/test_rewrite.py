"""Rows of a table change, and the files that do not hold them stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from lakehouse import rewrite, row_index
from lakehouse.errors import RtrError
from lakehouse.maintenance import Policy, maintain
from lakehouse.rewrite import change_rows, replace_rows, rows_by_key
from lakehouse.row_index import Places, RowIndex, mark, marks_of
from lakehouse.store import Lakehouse
from lakehouse.table import Table
from lakehouse.tables import gold

SCHEDULE, LINKS = gold.RECOGNITION_SCHEDULE, gold.TRANSACTION_LINKS
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


def schedule(*rows: tuple[str, date, str]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["obligation_id", "service_period", "amount"], orient="row")
    told = {"contract_id": pl.lit("c"), "legal_entity_id": pl.lit("e"), "currency": pl.lit("USD")}
    return SCHEDULE.conform(
        frame.with_columns(
            pl.col("amount").cast(pl.Decimal(20, 4)), accounting_period="service_period", deferred_after="amount", **told
        ).with_columns(pl.col("deferred_after").cast(pl.Decimal(20, 4)))
    )


def many(first: int, last: int, amount: str = "1") -> pl.DataFrame:
    return schedule(*((f"o{n:03}", JANUARY, amount) for n in range(first, last)))


@pytest.fixture(autouse=True, params=[0, 1, 100], ids="many at {}".format)
def small_files(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Files are small, and asked together, or only those that are many, or one by one."""
    monkeypatch.setattr(rewrite, "FILE_ROWS", 10)
    monkeypatch.setattr(row_index, "APART", request.param)


def files(lake: Lakehouse, table: Table = SCHEDULE) -> set[str]:
    return set(lake.data_files(table).get_column("path"))


def held(lake: Lakehouse) -> list[tuple[Any, ...]]:
    rows = lake.scan(SCHEDULE).select("obligation_id", "service_period", "amount").collect()
    return sorted((name, period, str(amount)) for name, period, amount in rows.rows())


def test_only_the_file_of_a_row_is_written_anew(lake: Lakehouse) -> None:
    replace_rows(lake, SCHEDULE, many(0, 40))
    before = files(lake)
    assert len(before) == 4
    change_rows(lake, SCHEDULE, many(3, 4).select(SCHEDULE.key), many(5, 6, "7"))
    assert len(before & files(lake)) == 3
    expected = [(f"o{n:03}", JANUARY, "7.0000" if n == 5 else "1.0000") for n in range(40) if n != 3]
    assert held(lake) == expected
    assert lake.open(SCHEDULE).protocol().min_reader_version == 1


def test_new_rows_go_where_there_is_room_and_files_stay_few(lake: Lakehouse) -> None:
    replace_rows(lake, SCHEDULE, many(0, 10))
    for n in range(10, 40):
        change_rows(lake, SCHEDULE, SCHEDULE.empty(), many(n, n + 1))
    assert held(lake) == [(f"o{n:03}", JANUARY, "1.0000") for n in range(40)]
    assert len(files(lake)) == 4


def test_rows_of_several_months_lie_in_one_file(lake: Lakehouse) -> None:
    replace_rows(lake, SCHEDULE, schedule(("a", JANUARY, "1"), ("b", JANUARY, "2")))
    gone = schedule(("a", JANUARY, "1")).select(SCHEDULE.key)
    change_rows(lake, SCHEDULE, gone, schedule(("a", FEBRUARY, "3"), ("c", FEBRUARY, "4")))
    assert held(lake) == [("a", FEBRUARY, "3.0000"), ("b", JANUARY, "2.0000"), ("c", FEBRUARY, "4.0000")]
    assert len(files(lake)) == 1


def test_a_table_of_which_nothing_is_left_is_empty(lake: Lakehouse) -> None:
    replace_rows(lake, SCHEDULE, many(0, 15))
    change_rows(lake, SCHEDULE, many(0, 15).select(SCHEDULE.key), SCHEDULE.empty())
    assert (held(lake), files(lake)) == ([], set())
    replace_rows(lake, SCHEDULE, many(0, 2))
    replace_rows(lake, SCHEDULE, many(1, 3))
    assert [row[0] for row in held(lake)] == ["o001", "o002"]


def test_a_commit_whose_reply_was_lost_is_done_once(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_rows(lake, SCHEDULE, many(0, 12))
    create = Lakehouse.create
    lost = iter([True, False])

    def unheard(self: Lakehouse, table: Table, path: str, payload: bytes) -> None:
        create(self, table, path, payload)
        if next(lost):
            raise OSError("the reply was lost")

    monkeypatch.setattr(Lakehouse, "create", unheard)
    change_rows(lake, SCHEDULE, many(0, 1).select(SCHEDULE.key), many(11, 14, "9"))
    expected = [(f"o{n:03}", JANUARY, "9.0000" if n > 10 else "1.0000") for n in range(1, 14)]
    assert held(lake) == expected


def test_another_writer_that_was_quicker_is_not_undone(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_rows(lake, SCHEDULE, many(0, 12))
    find, others = RowIndex.find, iter([True])

    def meanwhile(self: RowIndex, marks: pl.Series) -> Places:
        found = find(self, marks)
        if next(others, False):
            change_rows(Lakehouse(lake.root), SCHEDULE, many(0, 1).select(SCHEDULE.key), many(20, 21))
        return found

    monkeypatch.setattr(RowIndex, "find", meanwhile)
    change_rows(lake, SCHEDULE, SCHEDULE.empty(), many(1, 2, "5"))
    assert held(lake) == [(f"o{n:03}", JANUARY, "5.0000" if n == 1 else "1.0000") for n in (*range(1, 12), 20)]


def links(*names: str) -> pl.DataFrame:
    told = {column.name: column.allowed[0] if column.allowed else "x" for column in LINKS.columns if column.required}
    return LINKS.conform(pl.DataFrame([told | {"from_object_id": name} for name in names]))


def test_a_table_without_partitions(lake: Lakehouse) -> None:
    change_rows(lake, LINKS, LINKS.empty(), links(*"abcdefghijkl"))
    change_rows(lake, LINKS, links("c").select(LINKS.key), links("m"))
    assert sorted(lake.scan(LINKS).collect().get_column("from_object_id")) == list("abdefghijklm")
    assert len(files(lake, LINKS)) == 2


Damage = Callable[[RowIndex], None]


def nothing_left(index: RowIndex) -> None:
    for file in index._folder.glob("*.rows"):
        file.unlink()


def flipped(index: RowIndex) -> None:
    for file in index._folder.glob("*.rows"):
        file.write_bytes(file.read_bytes()[:-1] + b"\xff")


def cut_short(index: RowIndex) -> None:
    for file in index._folder.glob("*.rows"):
        file.write_bytes(file.read_bytes()[:24])


@pytest.mark.parametrize("damage", [nothing_left, flipped, cut_short])
def test_an_index_that_is_missing_or_damaged_is_made_again(lake: Lakehouse, damage: Damage) -> None:
    replace_rows(lake, SCHEDULE, many(0, 40))
    index = rows_by_key(lake, SCHEDULE)
    wanted = marks_of(pl.Series(["o007", "o033", "other"]))
    row_index.opened.cache_clear()
    damage(index)
    rows = index.read(index.find(wanted))
    assert sorted(rows.get_column("obligation_id")) == ["o007", "o033"]


@pytest.mark.parametrize(("gap", "searched"), [(1, 0), (100, 0), (1, 100)], ids=["apart", "together", "searched"])
def test_rows_are_the_same_however_they_are_read(
    lake: Lakehouse, monkeypatch: pytest.MonkeyPatch, gap: int, searched: int
) -> None:
    monkeypatch.setattr(row_index, "GAP", gap)
    monkeypatch.setattr(row_index, "SEARCHED", searched)
    replace_rows(lake, SCHEDULE, many(0, 40))
    names = ["o002", "o003", "o009", "o033"]
    index = rows_by_key(lake, SCHEDULE)
    places = index.find(marks_of(pl.Series(names)))
    wanted = many(0, 40).filter(pl.col("obligation_id").is_in(names))
    holds = pl.col("obligation_id").is_in(names)
    assert index.read(places, holds=holds).sort("obligation_id").equals(wanted)
    assert index.read(places).sort("obligation_id").equals(wanted)
    assert index.read(places, ["obligation_id"], holds=holds).to_series().sort().to_list() == names
    # A file that is searched gives what holds, one that is read gives what stands at the place.
    assert (index.read(places, holds=pl.lit(False)).height == 0) == (searched > 0)


def test_a_file_with_rows_of_the_key_in_other_months_stays(lake: Lakehouse) -> None:
    replace_rows(lake, SCHEDULE, schedule(*((f"o{n}", JANUARY, "1") for n in range(20))))
    before = files(lake)
    change_rows(lake, SCHEDULE, schedule(("o1", FEBRUARY, "1")).select(SCHEDULE.key), schedule(("o12", FEBRUARY, "2")))
    assert before < files(lake)


def test_after_a_compaction_rows_are_found_where_they_are_now(lake: Lakehouse) -> None:
    replace_rows(lake, SCHEDULE, many(0, 40))
    lake.open(SCHEDULE).optimize.compact()
    index = rows_by_key(lake, SCHEDULE)
    assert [list(rows) for rows in index.find(marks_of(pl.Series(["o007", "o033"]))).values()] != []
    change_rows(lake, SCHEDULE, many(7, 8).select(SCHEDULE.key), SCHEDULE.empty())
    assert [row[0] for row in held(lake)] == [f"o{n:03}" for n in range(40) if n != 7]


def test_rows_at_an_earlier_version(lake: Lakehouse) -> None:
    first = replace_rows(lake, SCHEDULE, many(0, 12))
    change_rows(lake, SCHEDULE, many(3, 4).select(SCHEDULE.key), SCHEDULE.empty())
    wanted = marks_of(pl.Series(["o003"]))
    assert rows_by_key(lake, SCHEDULE, first).find(wanted)
    assert not rows_by_key(lake, SCHEDULE).find(wanted)


def test_marks_of_rows_are_those_that_find_them(lake: Lakehouse) -> None:
    replace_rows(lake, SCHEDULE, many(0, 25))
    by = [mark(pl.col("obligation_id")), mark(pl.col("contract_id"))]
    index = RowIndex(lake, SCHEDULE, by, by_row=True)
    places = index.find(marks_of(pl.Series(["o004", "o024"])))
    assert sorted(index.marks_at(places)) == sorted(marks_of(pl.Series(["o004", "o024", "c"])))
    assert sum(rows.size for rows in index.find(marks_of(pl.Series(["c"]))).values()) == 25


def test_maintenance_does_not_merge_files_that_are_small_on_purpose(lake: Lakehouse) -> None:
    replace_rows(lake, SCHEDULE, many(0, 300))
    assert maintain(lake, SCHEDULE, Policy()).files_after == 30


def test_a_table_that_may_only_grow_is_not_rewritten(lake: Lakehouse) -> None:
    with pytest.raises(RtrError, match="APPEND_ONLY"):
        replace_rows(lake, gold.JOURNAL, gold.JOURNAL.empty())
