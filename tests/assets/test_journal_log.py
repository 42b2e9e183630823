"""The journal only grows: its own Delta log takes no data out, whatever was refreshed, closed, corrected or tidied.

A `remove` of the protocol with `dataChange` true takes rows out of a table; one with false only moves them into another
file. https://github.com/delta-io/delta/blob/master/PROTOCOL.md#add-file-and-remove-file
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from deltalake.exceptions import DeltaError

from assets.config import RefreshConfig
from assets.cut import current_cut
from assets.ledger.assets import journal
from assets.ledger.close import close_period, reopen_period
from lakehouse.maintenance import Policy, maintain
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, silver
from tests.assets.revenue_facts import Row, cash, credit_note, fact, frames, invoice

pytestmark = pytest.mark.local_store

TABLES = {table.name: table for table in silver.TABLES}
NOW = datetime(2024, 9, 1, tzinfo=UTC)
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
SERVICE = ("2024-01-01", "2024-07-01")


def learn(lake: Lakehouse, *rows: Row) -> None:
    for name, frame in frames(rows).items():
        lake.append(TABLES[name], frame)


def refresh(lake: Lakehouse, as_of: str) -> None:
    config = RefreshConfig(as_of=as_of, cut=current_cut(lake))
    told = dg.RunConfig(ops={journal.op.name: config})
    assert dg.materialize([journal], resources={"lakehouse": lake}, run_config=told).success


def removes(lake: Lakehouse) -> list[dict[str, Any]]:
    """Every remove of the journal's log, in order."""
    log = Path(lake.uri(gold.JOURNAL)) / "_delta_log"
    actions = (json.loads(line) for file in sorted(log.glob("*.json")) for line in file.read_text().splitlines())
    return [action["remove"] for action in actions if "remove" in action]


def lines(lake: Lakehouse) -> pl.DataFrame:
    return lake.scan(gold.JOURNAL).sort("line_id").collect()


def seven_months(lake: Lakehouse) -> None:
    """An invoice that is paid, refunded, credited, given up and put right, in periods that close and open again."""
    learn(lake, *invoice("test:in_1", "2024-01-01", [("182.00", *SERVICE)]))
    refresh(lake, "2024-01-31")
    _close(lake, JANUARY)
    learn(lake, cash("payment", "test:ch_1", "2024-01-20", "182.00", document_id="test:in_1"))  # late
    refresh(lake, "2024-02-29")
    _close(lake, FEBRUARY)
    refund = cash("refund", "test:re_1", "2024-02-10", "18.20", payment_id="test:ch_1")
    learn(lake, refund)
    refresh(lake, "2024-03-31")
    reopen_period(lake, FEBRUARY, preparer="ann", approver="bob", reason="a refund came late", recorded_at=NOW)
    refresh(lake, "2024-03-31")
    learn(lake, ("cash", refund[1] | {"row_key": "test|gone", "operation": "retract", "known_at": NOW}))  # corrected
    refresh(lake, "2024-03-31")
    _close(lake, FEBRUARY)
    learn(lake, credit_note("test:cn_1", "2024-04-10", "test:in_1", "9.10"))
    refresh(lake, "2024-04-30")
    learn(lake, fact("documents", "test:in_1", "2024-05-05", kind="invoice", status="void", issued_at="2024-01-01",
                     currency="USD", total=182, voided_at="2024-05-05", customer_id="test:cus"))  # fmt: skip
    refresh(lake, "2024-07-31")


def _close(lake: Lakehouse, period: date) -> None:
    """The checks of a close look at gold tables beside the journal, which are not made here."""
    close_period(lake, period, preparer="ann", recorded_at=NOW)


def test_no_commit_of_the_journal_takes_data_out(lake: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.ledger.close.close_checks", lambda *_: [])
    seven_months(lake)
    held = lines(lake)
    assert held.filter("is_correction").height > 0
    assert lake.scan(ops.PERIOD_LOG).collect().height == 4
    files = len(lake.open(gold.JOURNAL).file_uris())
    orphan = Path(lake.uri(gold.JOURNAL)) / "orphan.parquet"
    orphan.write_bytes(b"what a crash left")
    os.utime(orphan, (0, 0))
    done = maintain(lake, gold.JOURNAL, Policy(min_files=2))
    assert done.files_after < files
    assert not orphan.exists()  # vacuum was at work
    learn(lake, cash("refund", "test:re_2", "2024-07-10", "1.82", payment_id="test:ch_1"))
    refresh(lake, "2024-08-31")
    again = maintain(lake, gold.JOURNAL, Policy(min_files=2))
    assert again.left_out == ""
    found = removes(lake)
    assert len(found) >= files - done.files_after  # compaction moved rows, and says so
    assert not any(remove["dataChange"] for remove in found)
    assert lines(lake).join(held, on="line_id", how="semi").equals(held)


def test_what_takes_a_line_out_is_refused_and_would_show(lake: Lakehouse) -> None:
    learn(lake, *invoice("test:in_1", "2024-01-01", [("182.00", *SERVICE)]))
    refresh(lake, "2024-01-31")
    handle = lake.open(gold.JOURNAL)
    with pytest.raises(DeltaError):
        handle.delete("account = 'Revenue'")
    assert removes(lake) == []
    handle.alter.set_table_properties({"delta.appendOnly": "false"})
    lake.open(gold.JOURNAL).delete("account = 'Revenue'")
    assert [remove["dataChange"] for remove in removes(lake)] == [True]
