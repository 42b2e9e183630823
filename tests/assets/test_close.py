"""Closing and reopening through the lakehouse: order, evidence, two people."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from assets.ledger.close import Books, close_period, reopen_period
from assets.ledger.evidence import changed_evidence
from assets.ledger.frozen import altered_closes
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, silver
from tests.assets.revenue_facts import fact, frames, invoice, run

NOW = datetime(2024, 6, 1, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
STORY = invoice("test:in_1", "2024-01-01", [("91.00", "2024-01-01", "2024-04-01")])


@pytest.fixture
def books(lake: Lakehouse) -> Lakehouse:
    """A quarter's revenue, posted and open."""
    lake.append(silver.DOCUMENTS, frames(STORY)["documents"])
    made = run(STORY, "2024-03-31")
    lake.append(gold.JOURNAL, made["journal"])
    for table in (gold.OBLIGATIONS, gold.RECOGNITION_SCHEDULE, gold.TRIAL_BALANCE, gold.DEFERRED_ROLLFORWARD):
        lake.replace(table, made[table.name])
    return lake


def close(lake: Lakehouse, period: date) -> None:
    close_period(lake, period, preparer="ann", recorded_at=NOW)


def reopen(lake: Lakehouse, period: date, approver: str = "bob", reason: str = "an invoice was missing") -> None:
    reopen_period(lake, period, preparer="ann", approver=approver, reason=reason, recorded_at=NOW)


def test_a_close_freezes_balances_and_stores_its_cut(books: Lakehouse) -> None:
    entry = close_period(books, JANUARY, preparer="ann", approver="bob", recorded_at=NOW)
    assert dict(entry.balances.select("account", "amount").iter_rows()) == {
        "AccountsReceivable": Decimal(91),
        "DeferredRevenue": Decimal(-60),  # 31 of 91 earned
        "Revenue": Decimal(-31),
    }
    [logged] = books.scan(ops.PERIOD_LOG).collect().to_dicts()
    assert (logged["sequence"], logged["action"], logged["approver"]) == (1, "close", "bob")
    assert json.loads(logged["silver_cut"]) == {"silver.documents": books.version(silver.DOCUMENTS)}


def test_periods_close_in_order(books: Lakehouse) -> None:
    with pytest.raises(RtrError, match=r"PERIOD_OUT_OF_ORDER.*2024-01-01 first"):
        close(books, FEBRUARY)
    close(books, JANUARY)
    with pytest.raises(RtrError, match="PERIOD_ALREADY_CLOSED"):
        close(books, JANUARY)
    with pytest.raises(RtrError, match=r"PERIOD_OUT_OF_ORDER.*2024-02-01 first"):
        close(books, MARCH)
    close(books, FEBRUARY)


def test_only_a_month_that_ended_closes(books: Lakehouse) -> None:
    with pytest.raises(RtrError, match="PERIOD_NOT_ENDED"):
        close_period(books, JANUARY, preparer="ann", recorded_at=datetime(2024, 1, 31, 23, tzinfo=UTC))
    with pytest.raises(RtrError, match="PERIOD_INVALID"):
        close(books, date(2024, 1, 15))


def test_periods_reopen_in_reverse_and_close_again(books: Lakehouse) -> None:
    close(books, JANUARY)
    close(books, FEBRUARY)
    with pytest.raises(RtrError, match=r"PERIOD_OUT_OF_ORDER.*2024-02-01 first"):
        reopen(books, JANUARY)
    reopen(books, FEBRUARY)
    with pytest.raises(RtrError, match="PERIOD_NOT_CLOSED"):
        reopen(books, FEBRUARY)
    close(books, FEBRUARY)
    assert books.scan(ops.PERIOD_LOG).collect().sort("sequence").get_column("action").to_list() == [
        "close",
        "close",
        "reopen",
        "close",
    ]


def test_reopening_takes_a_reason_and_a_second_person(books: Lakehouse) -> None:
    close(books, JANUARY)
    with pytest.raises(RtrError, match="REASON_REQUIRED"):
        reopen(books, JANUARY, reason=" ")
    with pytest.raises(RtrError, match="APPROVER_REQUIRED"):
        reopen(books, JANUARY, approver="ann")


def test_tampering_with_a_closed_period_shows(books: Lakehouse) -> None:
    close(books, JANUARY)
    journal, log, frozen = (books.scan(table).collect() for table in (gold.JOURNAL, ops.PERIOD_LOG, ops.PERIOD_BALANCES))
    assert altered_closes(journal.lazy(), log, frozen).is_empty()
    less = journal.filter(~((journal["account"] == "Revenue") & (journal["accounting_period"] == JANUARY)))
    [found] = altered_closes(less.lazy(), log, frozen).to_dicts()
    assert (found["account"], found["frozen"], found["posted"]) == ("Revenue", Decimal(-31), Decimal(0))


def test_a_reopened_period_may_change(books: Lakehouse) -> None:
    close(books, JANUARY)
    reopen(books, JANUARY)
    log, frozen = books.scan(ops.PERIOD_LOG).collect(), books.scan(ops.PERIOD_BALANCES).collect()
    assert altered_closes(gold.JOURNAL.empty().lazy(), log, frozen).is_empty()
    assert frozen.height == 3  # the old evidence stays


def test_the_evidence_is_a_folder_whose_files_are_hashed(books: Lakehouse) -> None:
    entry = close_period(books, JANUARY, preparer="ann", recorded_at=NOW)
    [logged] = books.scan(ops.PERIOD_LOG).collect().to_dicts()
    assert entry.evidence == logged["evidence"] == "_evidence/default/us_gaap/revenue/2024-01-01-0001"
    files = books.filesystem(ops.PERIOD_LOG)
    with files.open_input_stream(f"{entry.evidence}/manifest.json") as stream:
        names = set(json.loads(stream.read()))
    assert {"checks.json", "gate_report.json", "journal.parquet", "frozen_balances.csv", "policies.csv"} <= names
    assert changed_evidence(books, entry.evidence, logged["evidence_sha256"]) == []
    books.put(ops.PERIOD_LOG, f"{entry.evidence}/frozen_balances.csv", b"account,amount\n")
    assert changed_evidence(books, entry.evidence, logged["evidence_sha256"]) == ["frozen_balances.csv"]


def test_reopening_leaves_the_old_evidence(books: Lakehouse) -> None:
    first = close_period(books, JANUARY, preparer="ann", recorded_at=NOW)
    reopen(books, JANUARY)
    second = close_period(books, JANUARY, preparer="ann", recorded_at=NOW)
    proofs = (
        books.scan(ops.PERIOD_LOG).sort("sequence").collect().drop_nulls("evidence").select("evidence", "evidence_sha256")
    )
    assert proofs.get_column("evidence").to_list() == [first.evidence, second.evidence]
    assert [changed_evidence(books, folder, proof) for folder, proof in proofs.iter_rows()] == [[], []]


def test_a_period_whose_deferral_is_not_its_schedule_does_not_close(books: Lakehouse) -> None:
    schedule = books.scan(gold.RECOGNITION_SCHEDULE).collect()
    short = schedule.with_columns(pl.col("deferred_after") - (pl.col("service_period") == JANUARY).cast(pl.Int64))
    books.replace(gold.RECOGNITION_SCHEDULE, short)
    with pytest.raises(RtrError, match=r"CLOSE_CHECK_FAILED.*journal 60.0000, schedule 59.0000"):
        close(books, JANUARY)


def test_a_period_does_not_close_behind_a_failed_gate(books: Lakehouse) -> None:
    failed = {"run_id": "r", "table_name": "gold.journal", "expectation": "entry_sums_to_zero", "description": "d"}
    found = {"severity": "critical", "success": False, "rows_judged": 1, "rows_failing": 1, "judged_at": NOW}
    books.append(ops.GATE_RESULTS, ops.GATE_RESULTS.conform(pl.DataFrame([failed | found])))
    with pytest.raises(RtrError, match=r"CLOSE_CHECK_FAILED.*gold.journal: entry_sums_to_zero"):
        close(books, JANUARY)


def test_cash_closes_in_its_own_time(books: Lakehouse) -> None:
    close(books, JANUARY)
    close_period(books, JANUARY, preparer="ann", recorded_at=NOW, books=Books(module="cash"))
    close(books, FEBRUARY)
    with pytest.raises(RtrError, match=r"PERIOD_OUT_OF_ORDER.*2024-02-01 first"):
        close_period(books, MARCH, preparer="ann", recorded_at=NOW, books=Books(module="cash"))


def test_weeks_close_by_their_first_day(lake: Lakehouse) -> None:
    stated = {"name": "Shop", "functional_currency": "USD", "time_zone": "UTC", "fiscal_calendar": "4-4-5"}
    shop = fact("legal_entities", "default", "2020-01-01", fiscal_year_start=date(2024, 2, 4), **stated)
    lake.append(silver.LEGAL_ENTITIES, frames([shop])["legal_entities"])
    with pytest.raises(RtrError, match=r"PERIOD_INVALID.*2024-02-04"):
        close(lake, date(2024, 3, 1))
    close(lake, date(2024, 2, 4))
    close(lake, date(2024, 3, 3))
