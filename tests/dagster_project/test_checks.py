"""What an operator reads of a gate: which rows, how many, what follows and what to do."""

from __future__ import annotations

from decimal import Decimal

import dagster as dg
import polars as pl

from dagster_project.checks import check_result, failures_markdown
from expectations.gate import judge
from expectations.report import GateReport
from lakehouse.tables import gold, silver
from tests.expectations.books import contracts, obligations
from tests.expectations.facts import fact

OBLIGATIONS = {gold.OBLIGATIONS.qualified_name: obligations()}


def contracts_off_by(cents: str) -> GateReport:
    price = pl.col("transaction_price") + Decimal(cents)
    return judge(gold.CONTRACTS, gold.CONTRACTS.conform(contracts().with_columns(price)), OBLIGATIONS)


def test_sound_table_passes() -> None:
    result = check_result(contracts_off_by("0"))
    assert result.passed
    assert result.description == "Rows judged: 1, all as expected."


def test_breach_of_a_table_is_an_error_that_names_the_rows() -> None:
    result = check_result(contracts_off_by("0.01"))
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert result.description == (
        "The transaction price of a contract is the sum of its obligations, less what was taken back."
        " Breached by 1, such as sub_1."
    )


def test_rejected_rows_are_a_warning_and_are_counted() -> None:
    report = judge(silver.CASH, fact(silver.CASH, amount=Decimal(-1), amount_refunded=None), {})
    result = check_result(report)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert result.metadata["rejected_rows"].value == 1


def test_failures_say_what_follows_and_what_to_do() -> None:
    last = failures_markdown(contracts_off_by("0.01")).splitlines()[-1]
    assert "everything downstream waits" in last
    assert "find the rows named here" in last
