"""The demo's comparison is worth something: each rule broken on purpose makes figures differ from the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest

from assets.metrics import monthly_value, mrr
from assets.pipeline import compute
from assets.recognition import computed, straight_line, unwind
from cli.demo import differences, our_numbers, true_numbers
from lakehouse.tables import gold, ops, quarantine, silver
from tests.cli.conftest import Refreshed

Break = Callable[[pytest.MonkeyPatch], None]


def figures_that_differ(company: Refreshed) -> int:
    facts = {table.name: company.lake.scan(table) for table in (*silver.TABLES, *quarantine.TABLES)}
    as_of = date.fromisoformat(company.truth["as_of"])
    marts = compute(facts, ops.PERIOD_LOG.empty(), gold.JOURNAL.empty(), as_of, datetime(2030, 1, 1, tzinfo=UTC))
    ours = our_numbers(lambda table: marts[table.name].lazy())
    return len(differences(ours, true_numbers(company.truth)))


def a_day_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    real = straight_line._columns

    def begun_a_day_before(obligations: pl.DataFrame) -> straight_line.Moves:
        told = real(obligations)
        return told | {"service_from": told["service_from"] - 1}

    monkeypatch.setattr(straight_line, "_columns", begun_a_day_before)


def rounding_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(straight_line, "half_even", lambda whole, top, bottom: whole + top // bottom)


def refunds_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    real = computed.take_backs
    monkeypatch.setattr(computed, "take_backs", lambda observed: real(observed).filter(pl.col("kind") != "refund"))


def take_backs_from_the_first_line_only(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pl.col("up_to") == pl.col("amount")
    monkeypatch.setattr(unwind, "_share_of_line", lambda part: pl.when(first).then(part).otherwise(0))


def a_year_of_eleven_months(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(monthly_value.PER_MONTH, "year", (1, 11))


def trials_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mrr, "PAYING", (*mrr.PAYING, "trialing"))


BROKEN: list[Break] = [
    a_day_too_many,
    rounding_down,
    refunds_forgotten,
    take_backs_from_the_first_line_only,
    a_year_of_eleven_months,
    trials_count,
]


def test_the_rules_as_they_are_give_the_truth(refreshed_once: Refreshed) -> None:
    assert figures_that_differ(refreshed_once) == 0


@pytest.mark.parametrize("break_a_rule", BROKEN, ids=lambda function: function.__name__)
def test_a_broken_rule_is_seen(refreshed_once: Refreshed, monkeypatch: pytest.MonkeyPatch, break_a_rule: Break) -> None:
    break_a_rule(monkeypatch)
    assert figures_that_differ(refreshed_once) > 0
