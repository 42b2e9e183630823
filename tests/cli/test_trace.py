"""From a figure to its records and back: on a small simulated company."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.tracing import Node, trace_key
from lakehouse.errors import RtrError
from lakehouse.tables import gold
from tests.cli.conftest import Refreshed


def kinds(node: Node) -> set[str]:
    return {node.kind}.union(*(kinds(child) for child in node.children))


def first(company: Refreshed, **which: Any) -> dict[str, Any]:
    return company.lake.scan(gold.JOURNAL).filter(**which).sort("line_id").head(1).collect().row(0, named=True)


def test_a_journal_line_is_traced_to_the_records_that_told_it(refreshed_once: Refreshed) -> None:
    line = first(refreshed_once, event_kind="recognition", account="Revenue")
    node = trace_key(refreshed_once.lake, line["line_id"])
    assert {"journal line", "entry", "obligation", "contract", "silver.documents", "record"} <= kinds(node)


def test_an_event_is_traced_to_what_it_caused(refreshed_once: Refreshed) -> None:
    paid = first(refreshed_once, event_kind="payment", account="Cash")
    assert {"silver.cash", "entry", "line"} <= kinds(trace_key(refreshed_once.lake, paid["event_id"]))
    facts = trace_key(refreshed_once.lake, paid["event_id"]).children
    event = next(child for child in facts if child.kind == "silver.cash").key.split("|")[1]
    back = trace_key(refreshed_once.lake, event)
    assert back.kind == "event"
    assert paid["entry_id"] in {child.key for child in back.children}


def test_a_figure_is_its_entries(refreshed_once: Refreshed) -> None:
    result = CliRunner().invoke(
        app, ["trace", "Revenue:2025-01:USD", "--format", "json", "--lakehouse", refreshed_once.lake.root]
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert told["kind"] == "figure"
    months = refreshed_once.lake.scan(gold.REVENUE_BY_MONTH).filter(currency="USD").sort("accounting_period").collect()
    assert told["net USD"] == str(-months.get_column("gross_revenue")[0])
    assert {child["kind"] for child in told["because"]} <= {"entry", "more"}


def test_a_contract_prints_as_a_tree(refreshed_once: Refreshed) -> None:
    contract = first(refreshed_once, event_kind="recognition")["contract_id"]
    result = CliRunner().invoke(app, ["trace", contract, "--lakehouse", refreshed_once.lake.root])
    assert result.exit_code == 0, result.output
    assert "obligation" in result.output


def test_an_unknown_key_is_refused(refreshed_once: Refreshed) -> None:
    with pytest.raises(RtrError, match="UNKNOWN_KEY"):
        trace_key(refreshed_once.lake, "nothing")


def test_the_tables_are_asked_as_they_stood(company: Refreshed) -> None:
    lake = company.lake
    moment = datetime.now(UTC)
    held = lake.scan(gold.TRIAL_BALANCE).collect().height
    lake.replace(gold.TRIAL_BALANCE, gold.TRIAL_BALANCE.empty())
    ask = ["sql", "select count(*) as n from gold.trial_balance", "--format", "csv", "--lakehouse", lake.root]
    now = CliRunner().invoke(app, ask)
    then = CliRunner().invoke(app, [*ask, "--as-of", f"{moment:%Y-%m-%dT%H:%M:%S}"])
    assert (now.output, then.output) == ("n\n0\n", f"n\n{held}\n")
