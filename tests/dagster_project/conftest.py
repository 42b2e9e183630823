"""A Dagster instance that keeps nothing, and a lakehouse with one invoice."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime

import dagster as dg
import polars as pl
import pytest

from lakehouse.store import Lakehouse
from lakehouse.tables import bronze, silver
from tests.expectations.facts import fact

warnings.filterwarnings("ignore", category=dg.BetaWarning)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def ingested(lake: Lakehouse) -> Lakehouse:
    ingest_one_invoice(lake)
    return lake


def ingest_one_invoice(lake: Lakehouse) -> None:
    """One event with an invoice and its line, whole: register, facts, bronze."""
    lake.append(silver.SOURCE_EVENTS, fact(silver.SOURCE_EVENTS, fact_count=2))
    lake.append(silver.DOCUMENT_LINES, fact(silver.DOCUMENT_LINES))
    lake.append(silver.DOCUMENTS, fact(silver.DOCUMENTS))
    receive(lake, "evt_1")


def receive(lake: Lakehouse, event: str) -> None:
    """The event in bronze, which is committed last."""
    received = {"received_at": datetime(2025, 1, 1, tzinfo=UTC), "received_day": date(2025, 1, 1)}
    row = {"source": "stripe", "split": "a.jsonl", "position": int(event[-1]), "source_event_id": event, "payload": b"{}"}
    lake.append(bronze.EVENTS, bronze.EVENTS.conform(pl.DataFrame([row | received])))
