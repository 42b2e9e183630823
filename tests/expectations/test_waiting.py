"""Facts whose counterpart has not arrived wait: they are neither rejected nor forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, silver
from tests.expectations.facts import fact
from tests.expectations.test_gate import gate, rejected

SHORT = {"amount": Decimal("89.99")}


def receive(lake: Lakehouse, event: str) -> None:
    """The event in bronze, which is committed last."""
    received = datetime(2025, 1, 1, tzinfo=UTC)
    row = {"source": "stripe", "split": "a.jsonl", "position": int(event[-1]), "received_at": received}
    row |= {"received_day": date(2025, 1, 1), "source_event_id": event, "payload": b"{}"}
    lake.append(bronze.EVENTS, bronze.EVENTS.conform(pl.DataFrame([row])))


def test_invoice_without_lines_waits_and_is_judged_when_they_come(lake: Lakehouse) -> None:
    lake.append(silver.DOCUMENTS, fact(silver.DOCUMENTS))
    assert not gate(lake, silver.DOCUMENTS, "run-1").failures
    lake.append(silver.DOCUMENT_LINES, fact(silver.DOCUMENT_LINES, **SHORT))  # 89.99 + 9 is not 99
    report = gate(lake, silver.DOCUMENTS, "run-2")
    assert report.rows_judged == 1
    assert report.failed("lines_and_tax_sum_to_total")
    assert rejected(lake).get_column("row_key").to_list() == ["stripe|evt_1|sound"]


def test_lines_that_came_with_a_settled_invoice_do_not_bring_back_others(lake: Lakehouse) -> None:
    lake.append(silver.DOCUMENTS, fact(silver.DOCUMENTS))
    lake.append(silver.DOCUMENT_LINES, fact(silver.DOCUMENT_LINES))
    gate(lake, silver.DOCUMENTS, "run-1")
    later = {"source_event_id": "evt_2", "object_id": "stripe:in_2"}
    lake.append(silver.DOCUMENTS, fact(silver.DOCUMENTS, row_key="stripe|evt_2|d", **later))
    line = {"row_key": "stripe|evt_2|l", "source_event_id": "evt_2", "document_id": "stripe:in_2"}
    lake.append(silver.DOCUMENT_LINES, fact(silver.DOCUMENT_LINES, **line))
    assert gate(lake, silver.DOCUMENTS, "run-2").rows_judged == 1


def test_cash_applied_to_an_unknown_invoice_waits(lake: Lakehouse) -> None:
    lake.append(silver.CASH_APPLICATIONS, fact(silver.CASH_APPLICATIONS, currency="EUR"))
    assert not gate(lake, silver.CASH_APPLICATIONS, "run-1").failures
    lake.append(silver.DOCUMENTS, fact(silver.DOCUMENTS))
    assert gate(lake, silver.CASH_APPLICATIONS, "run-2").failed("application_in_currency_of_document")


def test_event_on_its_way_waits_and_blocks_once_its_facts_are_lost(lake: Lakehouse) -> None:
    lake.append(silver.SOURCE_EVENTS, fact(silver.SOURCE_EVENTS, fact_count=2))
    lake.append(silver.CASH, fact(silver.CASH))
    assert gate(lake, silver.SOURCE_EVENTS, "run-1").passes
    receive(lake, "evt_1")
    report = gate(lake, silver.SOURCE_EVENTS, "run-2")
    assert [result.expectation.name for result in report.blocking] == ["register_agrees_with_facts"]


def test_event_whose_facts_came_in_two_commits_agrees(lake: Lakehouse) -> None:
    lake.append(silver.SOURCE_EVENTS, fact(silver.SOURCE_EVENTS, fact_count=2))
    lake.append(silver.CASH, fact(silver.CASH))
    gate(lake, silver.SOURCE_EVENTS, "run-1")
    lake.append(silver.DOCUMENTS, fact(silver.DOCUMENTS))
    receive(lake, "evt_1")
    report = gate(lake, silver.SOURCE_EVENTS, "run-2")
    assert report.rows_judged == 1
    assert not report.failures
