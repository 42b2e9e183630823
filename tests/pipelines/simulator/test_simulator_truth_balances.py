"""The truth of a whole company balances: nothing is earned that was not booked, and nothing vanishes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from iso4217 import Currency

from pipelines.simulator import SimulationResult
from pipelines.simulator.truth import major

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")


def amount(months: dict[str, Any], month: str, name: str) -> Decimal:
    return Decimal(months[month][name])


def test_recognised_and_deferred_tie_to_booked_less_taken_back(company: SimulationResult) -> None:
    for months in company.truth["currencies"].values():
        deferred = Decimal(0)
        for month in company.truth["months"]:
            deferred += amount(months, month, "booked") - amount(months, month, "taken_back")
            deferred += amount(months, month, "recovered") - amount(months, month, "recognised")
            # What waits for its invoice is earned and not booked.
            assert amount(months, month, "deferred") - amount(months, month, "unbilled") == deferred


def test_mrr_opening_plus_movements_is_closing_and_opens_where_the_month_before_closed(company: SimulationResult) -> None:
    for months in company.truth["currencies"].values():
        closing = Decimal(0)
        for month in company.truth["months"]:
            moved = {kind: Decimal(value) for kind, value in months[month]["mrr_movements"].items()}
            assert moved["opening"] == closing
            closing = moved["opening"] + sum(moved[kind] for kind in MOVEMENTS)
            assert moved["closing"] == closing == amount(months, month, "mrr")
            assert moved["contraction"] <= 0
            assert moved["churn"] <= 0


def test_amounts_have_the_digits_of_their_currency(company: SimulationResult) -> None:
    assert set(company.truth["currencies"]) == {"USD", "EUR", "GBP", "JPY", "KWD"}
    for currency, months in company.truth["currencies"].items():
        for month in months.values():
            assert len(month["recognised"].partition(".")[2]) == Currency(currency).exponent
    assert [major(12_345, "USD"), major(-5, "KWD"), major(500, "JPY"), major(0, "EUR")] == [
        "123.45",
        "-0.005",
        "500",
        "0.00",
    ]


def test_the_company_grows_and_loses_believably(company: SimulationResult) -> None:
    dollars, months = company.truth["currencies"]["USD"], company.truth["months"]
    assert amount(dollars, months[-1], "mrr") > 3 * amount(dollars, months[0], "mrr")
    lost = -sum(Decimal(dollars[month]["mrr_movements"]["churn"]) for month in months[1:])
    carried = sum(Decimal(dollars[month]["mrr_movements"]["opening"]) for month in months[1:])
    assert Decimal("0.005") < lost / carried < Decimal("0.10")  # Monthly churn of revenue.


def test_nothing_lies_beyond_the_last_day(company: SimulationResult) -> None:
    assert company.truth["as_of"] == "2025-12-31"
    assert company.truth["months"][-1] == "2025-12"
    assert company.truth["parameters"]["api_cut"] == "2025-07-01"
