"""Costs of contracts that cannot be recovered: lost, amortised on, and under IFRS taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.contract_costs.schedule import contract_costs
from assets.pipeline import observe_and_recognise
from tests.assets.revenue_facts import Row, fact, frames, run
from tests.vectors.contract_facts import BASIS, CONTRACT, choice, contract, estimate, line

BOOKS = ("us_gaap", "ifrs")
YEARS = {"service_from": "2021-01-01", "service_to": "2024-01-01"}  # 1,095 days
ENTITY = fact("legal_entities", "", "2020-01-01", legal_entity_id="default", books=",".join(BOOKS))
TERMS: list[Row] = [BASIS, ENTITY, contract(), line("service", "10950", **YEARS)]
AS_OF = "2024-12-31"


def cost(name: str, amount: int, at: str = "2021-01-01", kind: str = "commission") -> Row:
    stated = {"kind": kind, "contract_id": CONTRACT, "amount": Decimal(amount), "currency": "USD"}
    return fact("costs", f"test:{name}", at, **stated)


COMMISSION = cost("commission", 1095)  # a dollar a day


def recoverable(amount: Any, at: str, **columns: Any) -> Row:
    return estimate("recoverable", CONTRACT, "recoverable_cost", amount, at, money=True, **columns)


def months(rows: list[Row], book: str = "us_gaap", as_of: str = AS_OF) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """amortised, impaired and balance of all costs by month, of one book."""
    known = observe_and_recognise(frames([*TERMS, *rows]), date.fromisoformat(as_of), book)
    frame = contract_costs(known.observed, known.recognised.contract_basis)
    by = frame.group_by("month").agg(pl.col("amortised", "impaired", "balance").sum()).sort("month")
    return {f"{m:%Y-%m}": (a, i, b) for m, a, i, b in by.iter_rows()}


def test_what_cannot_be_recovered_is_lost_and_the_rest_amortised_over_what_remains() -> None:
    """The end of 2021: 730 stand, 365 can be recovered: a half of each day that remains."""
    found = months([COMMISSION, recoverable(365, "2021-12-20")])
    assert found["2021-11"] == (30, 0, 761)
    assert found["2021-12"] == (31, 365, 365)
    assert found["2022-01"] == (Decimal("15.50"), 0, Decimal("349.50"))
    assert found["2023-12"] == (Decimal("15.50"), 0, 0)


def test_what_can_be_recovered_is_not_lost() -> None:
    assert months([COMMISSION, recoverable(730, "2021-12-20")]) == months([COMMISSION])


@pytest.mark.parametrize("book", BOOKS)
def test_only_ifrs_takes_a_loss_back_and_no_more_than_it(book: str) -> None:
    """IFRS 15.104: up to what would have stood without the loss; ASC 340-40-35-6: never."""
    rows = [COMMISSION, recoverable(365, "2021-12-20"), recoverable(1_000, "2022-12-05")]
    found = months(rows, book)
    assert found["2021-12"] == (31, 365, 365)
    assert found["2022-12"][1:] == {"us_gaap": (0, Decimal("182.50")), "ifrs": (Decimal("-182.50"), 365)}[book]
    assert found["2023-12"][2] == 0
    part = months([*rows[:2], recoverable(200, "2022-12-05")], book)
    assert part["2022-12"][1:] == {"us_gaap": (0, Decimal("182.50")), "ifrs": (Decimal("-17.50"), 200)}[book]


@pytest.mark.parametrize(("book", "value"), [("us_gaap", "on"), ("ifrs", "off")])
def test_a_policy_may_differ_from_the_book(book: str, value: str) -> None:
    rows = [COMMISSION, recoverable(365, "2021-12-20"), recoverable(1_000, "2022-12-05")]
    found = months([*rows, choice("contract_cost_reversal", value)], book)
    assert found["2022-12"][2] == (365 if value == "on" else Decimal("182.50"))


@pytest.mark.parametrize("book", BOOKS)
def test_a_lower_estimate_loses_more(book: str) -> None:
    found = months([COMMISSION, recoverable(365, "2021-12-20"), recoverable(100, "2022-12-05")], book)
    assert found["2022-12"] == (Decimal("15.50"), Decimal("82.50"), 100)


def test_a_loss_is_borne_by_all_costs_of_the_contract_to_the_cent() -> None:
    costs = [COMMISSION, cost("second", 333), cost("third", 71, "2021-03-03", "fulfilment")]
    found = months([*costs, recoverable("100.01", "2021-12-20")])
    assert found["2021-12"][2] == Decimal("100.01")
    late = months([*costs, recoverable("100.01", "2021-12-20"), cost("late", 90, "2022-02-01")])
    assert late["2022-02"][2] - found["2022-02"][2] == 90 - late["2022-02"][0] + found["2022-02"][0]  # borne no loss


def test_what_is_left_when_the_contract_ends_is_lost_once() -> None:
    table, row = line("service", "10950", "2022-07-01", **YEARS)
    rows = [COMMISSION, recoverable(365, "2021-12-20"), (table, row | {"operation": "retract"})]
    found = months(rows)
    assert found["2022-06"] == (15, 0, Decimal("274.50"))
    assert found["2022-07"] == (0, Decimal("274.50"), 0)


@pytest.mark.parametrize("book", BOOKS)
def test_the_ledger_says_the_same(book: str) -> None:
    rows = [*TERMS, COMMISSION, recoverable(365, "2021-12-20"), recoverable(1_000, "2022-12-05")]
    moved = run(rows, AS_OF)["journal"].filter(book=book).group_by("account").agg(pl.col("amount").sum())
    held = dict(moved.iter_rows())
    found = months(rows[len(TERMS) :], book).values()
    costs = [sum(month[n] for month in found) for n in (0, 1)]
    assert [held["CostExpense"], held["ImpairmentLoss"]] == costs
    assert held["ContractCosts"] == 0
    assert sum(costs) == 1095
