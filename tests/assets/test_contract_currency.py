"""Contracts on the basis `contract` in a foreign currency: advances at their own rates, assets, what is realised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.assets.contract_stories import deals
from tests.assets.revenue_facts import Row, cash, changes, fact, period_log, run
from tests.assets.test_contract_properties import AS_OF, BALANCE, balances, of_all
from tests.assets.test_foreign_currency import NOT_RESTATED, entity, functional, rate
from tests.conftest import MANY_EXAMPLES
from tests.vectors.contract_facts import BASIS, CONTRACT, billed, choice, contract, estimate, line, performed

LOCAL = entity("GBP", books="us_gaap")
TERMS: list[Row] = [BASIS, LOCAL, *NOT_RESTATED]
YEAR = {"service_from": "2024-01-01", "service_to": "2025-01-01"}


def rates(**quotes: str) -> list[Row]:
    """Pounds for a dollar by day: d0131="1.50"."""
    return [rate("USD", "GBP", f"2024-{day[1:3]}-{day[3:]}", value) for day, value in quotes.items()]


def good(name: str, price: str, on: str) -> list[Row]:
    return [
        line(name, price, "2024-01-01", promise_kind="good", ssp=price),
        performed(name, name, on, quantity=1),
    ]


def test_ifric_22_example_4_two_products_and_one_advance() -> None:
    """200 due and received at 1.50; the first product at 1.70, the second, and the rest of the price, at 1.90."""
    quotes = rates(d0131="1.50", d0331="1.70", d0630="1.90")
    sold = [contract("2024-01-01"), *good("first", "450", "2024-03-31"), *good("second", "550", "2024-06-30")]
    bills = [*billed("200", "2024-01-31", name="test:in_1"), *billed("800", "2024-06-30", name="test:in_2")]
    found = functional(run([*TERMS, *quotes, *sold, *bills], "2024-12-31")["journal"])
    # IE18: 200 * 1.50 + 250 * 1.70 = 725, and 550 * 1.90 = 1,045; the 250 gained 250 * (1.90 - 1.70) = 50 until billed.
    assert found["Revenue"] == {"2024-03": "725.00", "2024-06": "1045.00"}
    assert found["ContractLiability"] == {"2024-01": "300.00", "2024-03": "-300.00"}
    assert found["ContractAsset"] == {"2024-03": "425.00", "2024-06": "-425.00"}
    assert found["FxLoss"] == {"2024-06": "-50.00"}
    assert found["AccountsReceivable"] == {"2024-01": "300.00", "2024-06": "1520.00"}


def test_two_advances_are_released_at_their_own_rates_in_their_order() -> None:
    quotes = rates(d0101="1.50", d0215="1.20", d0229="1.00")
    service = [contract("2024-01-01"), line("service", "366", "2024-01-01", **YEAR)]
    bills = [*billed("40", "2024-01-01", name="test:in_1"), *billed("326", "2024-02-15", name="test:in_2")]
    found = functional(run([*TERMS, *quotes, *service, *bills], "2024-03-31")["journal"])
    # a dollar a day: 31 * 1.50 = 46.50; 9 * 1.50 + 20 * 1.20 = 37.50; 31 * 1.20 = 37.20; no rate of March is needed
    assert found["Revenue"] == {"2024-01": "46.50", "2024-02": "37.50", "2024-03": "37.20"}
    assert "FxLoss" not in found


def test_an_asset_is_restated_and_the_difference_realised_when_it_is_billed() -> None:
    quotes = rates(d0131="1.50", d0229="1.40", d0315="1.30", d0331="1.20")
    terms: list[Row] = [BASIS, LOCAL]
    sold = [contract("2024-01-01"), *good("device", "100", "2024-01-31"), *billed("100", "2024-03-15")]
    found = functional(run([*terms, *quotes, *sold], "2024-03-31")["journal"])
    assert found["Revenue"] == {"2024-01": "150.00"}
    # At 1.50; restated to 1.40 and back; billed at 1.30: 20 lost; the receivable restated to 1.20.
    assert found["ContractAsset"] == {"2024-01": "150.00", "2024-02": "-10.00", "2024-03": "-140.00"}
    assert found["FxUnrealised"] == {"2024-02": "10.00"}
    assert found["FxLoss"] == {"2024-03": "20.00"}
    assert found["AccountsReceivable"] == {"2024-03": "120.00"}


def test_an_advance_and_a_later_bill_leave_nothing_in_either_currency() -> None:
    quotes = rates(d0101="0.8123", d0131="0.7911", d0229="0.8042", d0331="0.8333", d0415="0.7777", d0430="0.81")
    sold = [
        contract("2024-01-01"),
        line("service", "100.01", "2024-01-01", service_from="2024-01-01", service_to="2024-05-01"),
    ]
    bills = [*billed("33.33", "2024-01-01", name="test:in_1"), *billed("66.68", "2024-04-15", name="test:in_2")]
    journal = run([*TERMS, *quotes, *sold, *bills], "2024-12-31")["journal"]
    left = journal.group_by("account").agg(pl.col("amount", "functional_amount").sum())
    for account in ("ContractAsset", "ContractLiability"):
        assert left.filter(account=account).select("amount", "functional_amount").row(0) == (0, 0)


def test_a_modification_shares_anew_what_is_not_yet_released() -> None:
    quotes = rates(d0101="1.50", d0701="2.00")
    service = line("service", "366", "2024-01-01", **YEAR)
    more = line("service", "550", "2024-07-01", **YEAR)
    bills = [*billed("366", "2024-01-01", name="test:in_1"), *billed("184", "2024-07-01", name="test:in_2")]
    found = functional(run([*TERMS, *quotes, contract("2024-01-01"), service, more, *bills], "2024-12-31")["journal"])
    # 182 of 366 days are over by June. What remains, 184 + 184 = 368, is earned at 2 a day: 31 * 2 = 62 in July at 1.50.
    assert found["Revenue"]["2024-06"] == "45.00"
    assert found["Revenue"]["2024-07"] == "93.00"
    # The first 366 are used up with 2 left for the last of September: 62 + 62 + 60 = 184.
    assert found["Revenue"]["2024-09"] == "90.00"
    assert found["Revenue"]["2024-10"] == "124.00"
    assert sum(map(Decimal, found["Revenue"].values())) == Decimal("917.00")  # 366 * 1.50 + 184 * 2.00
    assert "FxLoss" not in found


def test_an_estimate_that_falls_gives_the_advance_back_at_the_rate_of_its_release() -> None:
    quotes = rates(d0101="1.50", d0301="9.99")
    sold = [contract("2024-01-01"), *good("device", "100", "2024-01-05"), *billed("100", "2024-01-01")]
    less = estimate("bonus", CONTRACT, "variable_consideration", "-10", "2024-03-01", money=True)
    found = functional(run([*TERMS, *quotes, *sold, less], "2024-12-31")["journal"])
    assert found["Revenue"] == {"2024-01": "150.00", "2024-03": "-15.00"}
    assert found["ContractLiability"] == {"2024-03": "15.00"}
    assert "FxLoss" not in found


def test_a_refund_of_an_advance_realises_the_difference_to_the_rate_of_its_day() -> None:
    quotes = rates(d0101="1.50", d0110="1.50", d0301="1.30")
    sold = [contract("2024-01-01"), line("service", "366", "2024-01-01", **YEAR), *billed("366", "2024-01-01")]
    money = [
        cash("payment", "test:ch", "2024-01-10", "366", document_id="test:in_1"),
        cash("refund", "test:re", "2024-03-01", "100", payment_id="test:ch"),
    ]
    found = functional(run([*TERMS, *quotes, *sold, *money], "2024-03-31")["journal"])
    assert found["Cash"] == {"2024-01": "549.00", "2024-03": "-130.00"}
    assert found["FxLoss"] == {"2024-03": "-20.00"}  # 100 that were carried at 150.00 cost 130.00
    assert found["Revenue"]["2024-03"] == "46.50"  # 31 days at the rate of the advance


def test_a_close_in_between_keeps_its_rates_and_later_news_posts_after_it() -> None:
    quotes = rates(d0101="1.50", d0215="1.20", d0229="1.00")
    service = [
        contract("2024-01-01"),
        line("service", "366", "2024-01-01", **YEAR),
        *billed("40", "2024-01-01", name="test:in_1"),
    ]
    rows = [*TERMS, *quotes, *service]
    held = run(rows, "2024-01-31")["journal"]
    corrected = rate("USD", "GBP", "2024-01-01", "1.60", version="2")
    later = [*rows, corrected, *billed("326", "2024-02-15", name="test:in_2")]
    after = run(later, "2024-02-29", held=held, log=period_log(("close", "2024-01")))["journal"]
    found = functional(after)
    # 31 * 0.10 = 3.10 of January's revenue is told in February, beside 9 * 1.60 + 20 * 1.20 = 38.40
    assert found["Revenue"] == {"2024-01": "46.50", "2024-02": "41.50"}
    fresh = functional(run(later, "2024-02-29")["journal"])
    for account, by_month in fresh.items():
        assert sum(map(Decimal, by_month.values())) == sum(map(Decimal, found[account].values())), account


def test_without_a_rate_for_the_asset_what_follows_waits_and_says_so() -> None:
    quotes = rates(d0101="1.50")
    service = [contract("2024-01-01"), line("service", "366", "2024-01-01", **YEAR), *billed("40", "2024-01-01")]
    books = run([*TERMS, *quotes, *service], "2024-03-31")
    found = functional(books["journal"])
    assert found["Revenue"] == {"2024-01": "46.50"}
    waits = books["pending_facts"].select("table_name", "object_id", "reason", "waits_for").rows()
    assert waits == [("contract_lines", "test:service", "missing", "USD/GBP of 2024-02-29")]
    known = rate("USD", "GBP", "2024-02-29", "1.00")
    mended = functional(run([*TERMS, *quotes, known, *service], "2024-02-29", held=books["journal"])["journal"])
    assert mended["Revenue"]["2024-02"] == "33.50"  # 9 * 1.50 + 20 * 1.00


@pytest.mark.parametrize("functional_currency", ["JPY", "KWD"])
def test_currencies_of_other_minor_units(functional_currency: str) -> None:
    quotes = [rate("USD", functional_currency, day, "150.55") for day in ("2024-01-01", "2024-01-31")]
    sold = [contract("2024-01-01"), *good("device", "100.01", "2024-01-05"), *billed("100.01", "2024-01-01")]
    company = entity(functional_currency, books="us_gaap")
    found = functional(run([BASIS, company, *NOT_RESTATED, *quotes, *sold], "2024-12-31")["journal"])
    exact = {"JPY": "15057.00", "KWD": "15056.51"}[functional_currency]  # 15,056.5055
    assert found["Revenue"] == {"2024-01": exact}


def test_nothing_changes_for_an_entity_that_sells_in_its_own_currency() -> None:
    sold = [contract("2024-01-01"), line("service", "366", "2024-01-01", **YEAR), *billed("40", "2024-01-01")]
    at_home = run([BASIS, entity("USD", books="us_gaap"), *sold], "2024-06-30")["journal"]
    assert at_home.filter(pl.col("amount") != pl.col("functional_amount")).is_empty()
    assert changes(at_home)["ContractAsset"]["2024-02"] == "20.00"


def test_a_commission_is_amortised_at_the_rate_of_the_day_it_was_incurred() -> None:
    quotes = rates(d0131="1.50", d0229="1.10", d0331="0.90")
    commission = fact(
        "costs", "test:fee", "2024-01-01", kind="commission", contract_id=CONTRACT, amount=Decimal("36.60"), currency="USD"
    )
    longer = {"service_from": "2024-01-01", "service_to": "2024-04-01"}
    whole = [contract("2024-01-01"), line("service", "0", "2024-01-01", **longer), commission]
    off = choice("contract_cost_expedient", "off")
    found = functional(run([*TERMS, off, *quotes, *whole], "2024-12-31")["journal"])
    # 36.60 * 1.50 = 54.90; of 91 days 31, 29 and 31: 12.47, 11.66 and 12.47 at 1.50
    assert found["CostExpense"] == {"2024-01": "18.70", "2024-02": "17.49", "2024-03": "18.71"}
    assert sum(map(Decimal, found["ContractCosts"].values())) == 0
    assert "FxLoss" not in found


def test_what_is_owed_to_a_principal_is_owed_at_the_rate_of_its_sale() -> None:
    quotes = rates(d0101="1.50", d0131="1.40")
    product = fact(
        "products", "test:p", "2023-01-01", name="p", unit_cost=Decimal(90), cost_currency="USD", promise_kind="good"
    )
    ticket = line("ticket", "100", "2024-01-01", principal=False, product_id="test:p")
    sold = [contract("2024-01-01"), product, ticket, performed("ticket", "ticket", "2024-01-20", quantity=1)]
    found = functional(run([*TERMS, *quotes, *sold, *billed("100", "2024-01-01")], "2024-01-31")["journal"])
    # The advance of 150.00 is 10 of ours at 1.50, and 90 that are owed at 1.40: 126.00; nine were gained on them.
    assert found["Revenue"] == {"2024-01": "15.00"}
    assert found["DueToPrincipals"] == {"2024-01": "126.00"}
    assert found["FxLoss"] == {"2024-01": "-9.00"}


DAYS = [date(2023, 12, 29), *(date(2024, month, day) for month in range(1, 13) for day in range(1, 29, 4))]
slowly = settings(max_examples=MANY_EXAMPLES or 3, suppress_health_check=list(HealthCheck))
CARRIED = ["ContractAsset", "ContractLiability", "UnbilledAccountsReceivable", "RefundLiability", "ReturnAsset"]


@given(
    company=deals(4), quotes=st.lists(st.integers(50, 200), min_size=len(DAYS), max_size=len(DAYS)), seed=st.integers(0, 99)
)
@slowly
def test_both_currencies_are_conserved_over_random_contracts(
    company: list[list[Row]], quotes: list[int], seed: int
) -> None:
    """Entries sum to zero in both; what is nothing in one is nothing in the other; order and a refresh on the way do not
    show; revenue of what is billed first and never changed is what it was worth when it was billed."""
    published = [rate("USD", "GBP", day.isoformat(), str(Decimal(q) / 100)) for day, q in zip(DAYS, quotes, strict=True)]
    rows = [LOCAL, *published, *of_all(company)]
    journal = run(rows, AS_OF)["journal"]
    entries = journal.group_by("entry_id").agg(pl.col("amount", "functional_amount").sum())
    assert entries.filter(pl.any_horizontal(pl.col("amount", "functional_amount") != 0)).is_empty()
    original = journal.filter(pl.col("event_kind") != "remeasurement", pl.col("account").is_in(CARRIED))
    months = original.group_by("contract_id", "account", "accounting_period").agg(
        pl.col("amount", "functional_amount").sum()
    )
    key = ["contract_id", "account"]
    held = months.sort(*key, "accounting_period").with_columns(pl.col("amount", "functional_amount").cum_sum().over(key))
    assert held.filter((pl.col("amount") == 0) & (pl.col("functional_amount") != 0)).is_empty()
    # A balance is worth its units at some of the rates of its days.
    least, most = Decimal(min(quotes)) / 100, Decimal(max(quotes)) / 100
    worth, units, cents = pl.col("functional_amount").abs(), pl.col("amount").abs(), Decimal("0.05")
    assert held.filter((worth < units * least - cents) | (worth > units * most + cents)).is_empty()
    mixed = list(rows)
    Random(seed).shuffle(mixed)
    on_the_way = run(mixed[: len(mixed) // 2] + [row for row in rows if row[0] == "fx_rates"], AS_OF)["journal"]
    again = run(mixed, AS_OF, held=on_the_way)["journal"]
    both = [balances(frame, (*BALANCE, "functional_currency")) for frame in (journal, again)]
    assert both[0].equals(both[1])
    worth_of = [
        frame.group_by(BALANCE)
        .agg(pl.col("functional_amount").sum())
        .filter(pl.col("functional_amount") != 0)
        .sort(BALANCE)
        for frame in (journal, again)
    ]
    assert worth_of[0].equals(worth_of[1])
