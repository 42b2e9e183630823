"""Closing a month on the command line: what is learned later leaves it as it was."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from typer.testing import CliRunner, Result

from cli.laws.books import closed_unchanged
from cli.main import app
from lakehouse.errors import RtrError
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops
from pipelines.feeds import Feed
from pipelines.ingest import ingest
from tests.cli.conftest import Refreshed
from tests.pipelines.events import write_lines

JANUARY, FEBRUARY = date(2025, 1, 1), date(2025, 2, 1)


def rtr(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def january(lake: Lakehouse) -> pl.DataFrame:
    return lake.scan(gold.JOURNAL).filter(pl.col("accounting_period") == JANUARY).sort("line_id").collect()


def late_invoice(folder: Path) -> Path:
    """An invoice of 31.00 USD for January, finalised on 1 January, of which we learn only now."""
    common = {"effective_at": "2025-01-01T00:00:00Z", "currency": "USD"}
    document = {"table": "documents", "source_event_id": "d", "object_id": "late", "kind": "invoice", "status": "open"}
    line = {
        "table": "document_lines",
        "source_event_id": "l",
        "object_id": "late-1",
        "document_id": "late",
        "line_number": 1,
    }
    service = {"service_from": "2025-01-01T00:00:00Z", "service_to": "2025-02-01T00:00:00Z"}
    return write_lines(
        folder / "late.jsonl",
        [
            document | common | {"total": "31.00", "issued_at": "2025-01-01T00:00:00Z"},
            line | common | {"amount": "31.00"} | service,
        ],
    )


def test_a_closed_month_stays_and_a_late_invoice_posts_in_the_first_open_one(company: Refreshed, tmp_path: Path) -> None:
    lake, root = company.lake, ("--lakehouse", company.lake.root)
    assert rtr("close", "2025-01", "--preparer", "ann", "--approver", "bob", *root).exit_code == 0
    before = january(lake)
    ingest(lake, [Feed("native", str(late_invoice(tmp_path)))])
    assert rtr("refresh", "--as-of", company.truth["as_of"], *root).exit_code == 0
    assert january(lake).equals(before)
    assert closed_unchanged(lake).holds
    late = lake.scan(gold.JOURNAL).filter(pl.col("document_id") == "native:late", pl.col("account") == "Revenue").collect()
    assert late.select("service_period", "accounting_period", "is_correction").rows() == [(JANUARY, FEBRUARY, True)]
    reopened = rtr("reopen", "2025-01", "--reason", "late invoice", "--preparer", "ann", "--approver", "bob", *root)
    assert reopened.exit_code == 0, reopened.output
    assert rtr("refresh", "--as-of", company.truth["as_of"], *root).exit_code == 0
    assert january(lake).height > before.height
    log = lake.scan(ops.PERIOD_LOG).sort("module", "sequence").select("module", "action").collect().rows()
    assert log == [("cash", "close"), ("cash", "reopen"), ("revenue", "close"), ("revenue", "reopen")]
    assert rtr("verify", *root).exit_code == 0


def test_months_close_in_order_and_only_after_a_refresh(company: Refreshed) -> None:
    root = ("--lakehouse", company.lake.root)
    out_of_order = rtr("close", "2025-03", *root)
    assert isinstance(out_of_order.exception, RtrError)
    assert out_of_order.exception.code == "PERIOD_OUT_OF_ORDER"
    too_early = rtr("close", "2025-09", *root)
    assert isinstance(too_early.exception, RtrError)
    assert too_early.exception.code == "NOT_REFRESHED"
