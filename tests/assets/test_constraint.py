"""The constraint on variable consideration: how much of an estimate counts, until when, and in which book."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
import pytest

from tests.assets.revenue_facts import Row, changes, fact, run
from tests.vectors.contract_facts import BASIS, CONTRACT, choice, contract, estimate, line

YEAR = {"service_from": "2021-01-01", "service_to": "2022-01-01"}
# 730 for 365 days: two a day; a bonus of 365 would be one more.
SERVICE: list[Row] = [BASIS, contract(), line("service", "730", ssp="730", **YEAR)]
BONUS = estimate("bonus", CONTRACT, "variable_consideration", "365", money=True)


def judged(value: str, at: str, *, scope: str = "test:estimate:bonus", name: str = "j", **columns: Any) -> Row:
    said = {"author": "ann", "approver": "bob", "reason": "the index is volatile", "decision": "constraint"}
    return fact("judgements", f"test:{name}", at, scope=scope, value=value, **said, **columns)


def revenue(rows: list[Row], book: str = "us_gaap") -> dict[str, str]:
    return changes(run(rows, "2021-12-31")["journal"].filter(book=book))["Revenue"]


@pytest.mark.parametrize("scope", ["test:estimate:bonus", CONTRACT])
def test_what_is_constrained_is_caught_up_when_it_may_count(scope: str) -> None:
    capped = [judged("0", "2021-01-01"), judged("182.5", "2021-07-01"), judged("none", "2021-12-01")]
    found = revenue([*SERVICE, BONUS, *((t, row | {"scope": scope}) for t, row in capped)])
    assert found["2021-06"] == "60.00"
    assert found["2021-07"] == "168.00"  # 31 days at 2.50, and half a dollar more for the 181 days before
    assert found["2021-11"] == "75.00"
    assert found["2021-12"] == "260.00"  # 31 days at 3, and half a dollar more for the 334 days before
    assert sum(map(Decimal, found.values())) == 1095


def test_a_constraint_that_becomes_tighter_takes_revenue_back_on_its_day() -> None:
    found = revenue([*SERVICE, BONUS, judged("0", "2021-04-01")])
    assert found["2021-03"] == "93.00"
    assert found["2021-04"] == "-30.00"  # 30 days at 2, less a dollar for the 90 days before


def test_it_limits_what_is_expected_and_never_adds_to_it() -> None:
    assert revenue([*SERVICE, BONUS, judged("1000", "2021-01-01")]) == revenue([*SERVICE, BONUS])
    chances = '[{"value": "730", "probability": "0.5"}, {"value": "0", "probability": "0.5"}]'
    weighed = estimate("bonus", CONTRACT, "variable_consideration", None, money=True, scenarios=chances)
    assert revenue([*SERVICE, weighed, judged("730", "2021-01-01")])["2021-01"] == "93.00"
    assert revenue([*SERVICE, weighed, judged("0", "2021-01-01")])["2021-01"] == "62.00"
    likely = choice("variable_consideration_method", "most_likely_amount")
    assert revenue([*SERVICE, likely, weighed, judged("365", "2021-01-01")])["2021-01"] == "93.00"


def test_a_penalty_is_constrained_to_a_larger_one() -> None:
    penalty = estimate("bonus", CONTRACT, "variable_consideration", "-73", money=True)
    assert revenue([*SERVICE, penalty])["2021-01"] == "55.80"  # 1.80 a day
    assert revenue([*SERVICE, penalty, judged("-146", "2021-01-01")])["2021-01"] == "49.60"  # 1.60


def test_what_is_said_of_the_estimate_goes_before_what_is_said_of_its_contract() -> None:
    of_contract = judged("0", "2021-01-01", scope=CONTRACT, name="all")
    assert revenue([*SERVICE, BONUS, of_contract])["2021-01"] == "62.00"
    assert revenue([*SERVICE, BONUS, of_contract, judged("182.5", "2021-01-01")])["2021-01"] == "77.50"
    assert revenue([*SERVICE, BONUS, of_contract, judged("none", "2021-01-01")])["2021-01"] == "93.00"


def test_said_before_the_estimate_it_holds_from_the_estimate_on_and_a_retraction_lifts_it() -> None:
    late = estimate("bonus", CONTRACT, "variable_consideration", "365", "2021-02-01", money=True)
    early = judged("0", "2021-01-15")
    assert revenue([*SERVICE, late, early])["2021-02"] == "56.00"
    table, row = judged("0", "2021-03-01")
    found = revenue([*SERVICE, late, early, (table, row | {"operation": "retract"})])
    assert found["2021-03"] == "152.00"  # 31 days at 3 and a dollar for the 59 before


def test_a_retracted_estimate_is_worth_nothing_whatever_its_constraint() -> None:
    table, row = estimate("bonus", CONTRACT, "variable_consideration", "-73", "2021-02-01", money=True)
    rows = [
        *SERVICE,
        estimate("bonus", CONTRACT, "variable_consideration", "-73", money=True),
        judged("-146", "2021-01-01"),
    ]
    found = revenue([*rows, (table, row | {"operation": "retract"})])
    assert sum(map(Decimal, found.values())) == 730


BOTH = fact(
    *("legal_entities", "default", "2018-01-01"),
    **{"name": "Acme", "time_zone": "UTC", "fiscal_calendar": "month", "functional_currency": "USD"},
    books="us_gaap,ifrs",
)


def test_probable_in_one_book_is_not_highly_probable_in_the_other() -> None:
    probable = judged("182.5", "2021-01-01", book="us_gaap", name="gaap")
    highly = judged("0", "2021-01-01", book="ifrs", name="ifrs")
    rows = [*SERVICE, BOTH, BONUS, probable, highly]
    assert revenue(rows)["2021-01"] == "77.50"
    assert revenue(rows, "ifrs")["2021-01"] == "62.00"
    alike = [*SERVICE, BOTH, BONUS, judged("0", "2021-01-01")]
    assert revenue(alike) == revenue(alike, "ifrs")


def test_an_estimate_of_one_book_leaves_the_other_alone() -> None:
    table, row = BONUS
    rows = [*SERVICE, BOTH, (table, row | {"book": "ifrs"})]
    assert revenue(rows)["2021-01"] == "62.00"
    assert revenue(rows, "ifrs")["2021-01"] == "93.00"


@pytest.mark.parametrize("seed", range(3))
def test_order_of_arrival_does_not_show(seed: int) -> None:
    rows = [*SERVICE, BONUS, judged("0", "2021-01-01"), judged("182.5", "2021-07-01"), judged("none", "2021-12-01")]
    mixed = list(rows)
    Random(seed).shuffle(mixed)
    half = run(mixed[: len(mixed) // 2], "2021-12-31")["journal"]
    late = run(mixed, "2021-12-31", held=half)["journal"]
    by = ["account", "accounting_period", "service_period"]
    first, second = (
        journal.group_by(by).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0).sort(by)
        for journal in (run(rows, "2021-12-31")["journal"], late)
    )
    assert first.equals(second)
