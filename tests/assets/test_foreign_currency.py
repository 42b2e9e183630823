"""Entries in two currencies: locked rates, realised and unrealised differences, and what waits for a rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.assets.revenue_facts import Row, cash, changes, credit_note, fact, invoice, run
from tests.assets.revenue_stories import Story, a_company

NOT_RESTATED = [
    fact(
        "policies",
        "p",
        "2018-01-01",
        scope="*",
        name="fx_remeasurement",
        value="none",
        effective_from="2018-01-01",
        adoption="prospective",
    )
]


def entity(currency: str = "USD", **columns: Any) -> Row:
    stated = {"name": "Acme", "time_zone": "UTC", "fiscal_calendar": "month", "books": "us_gaap"} | columns
    return fact("legal_entities", "default", "2018-01-01", functional_currency=currency, **stated)


def rate(base: str, quote: str, day: str, value: str, *, kind: str = "reference", version: str = "1") -> Row:
    name = f"{kind}:{base}{quote}:{day}"
    columns = {"base_currency": base, "quote_currency": quote, "day": date.fromisoformat(day), "rate": Decimal(value)}
    return fact("fx_rates", name, day, event=f"{name}:{version}", rate_source="ecb", kind=kind, **columns)


def functional(journal: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Net change of each account by month in the functional currency, in its natural direction."""
    return changes(journal.with_columns(amount="functional_amount", currency=pl.lit("-")), "-")


ACME = entity()
SOLD = invoice("in_1", "2019-01-01", [("30.00", None, None)], currency="EUR")


def paid(day: str) -> Row:
    return cash("payment", "ch_1", day, "30.00", document_id="in_1", currency="EUR")


def test_what_is_paid_at_another_rate_is_a_realised_loss_and_revenue_stays() -> None:
    rates = [rate("EUR", "USD", "2019-01-01", "1.20"), rate("EUR", "USD", "2019-02-01", "1.10")]
    found = functional(run([ACME, *NOT_RESTATED, *SOLD, *rates, paid("2019-02-01")])["journal"])
    assert found["Revenue"] == {"2019-01": "36.00"}
    assert found["AccountsReceivable"] == {"2019-01": "36.00", "2019-02": "-36.00"}
    assert found["Cash"] == {"2019-02": "33.00"}
    assert found["FxLoss"] == {"2019-02": "3.00"}


def test_an_open_receivable_is_restated_at_each_periods_end_and_realised_once() -> None:
    rates = [
        rate("EUR", "USD", "2019-01-01", "1.20"),
        rate("EUR", "USD", "2019-01-31", "1.15", kind="closing"),
        rate("EUR", "USD", "2019-02-28", "1.25", kind="closing"),
        rate("EUR", "USD", "2019-03-15", "1.10"),
    ]
    journal = run([ACME, *SOLD, *rates, paid("2019-03-15")], "2019-03-31")["journal"]
    found = functional(journal)
    # 30 * (1.15 - 1.20) = -1.50 in January; back, and 30 * 0.05 = +1.50 in February; back in March, 3.00 lost for good.
    assert found["FxUnrealised"] == {"2019-01": "1.50", "2019-02": "-3.00", "2019-03": "1.50"}
    assert found["AccountsReceivable"] == {"2019-01": "34.50", "2019-02": "3.00", "2019-03": "-37.50"}
    assert found["FxLoss"] == {"2019-03": "3.00"}
    days = journal.filter(event_kind="remeasurement").get_column("posted_on").unique().sort().to_list()
    assert days == [date(2019, 1, 31), date(2019, 2, 1), date(2019, 2, 28), date(2019, 3, 1)]


def test_an_advance_is_released_at_the_rate_that_it_was_booked_at() -> None:
    year = invoice("in_1", "2024-01-01", [("12000.00", "2024-01-01", "2025-01-01")], currency="USD")
    rates = [rate("USD", "GBP", "2024-01-01", "0.8"), rate("USD", "GBP", "2024-06-01", "0.5")]
    found = functional(run([entity("GBP"), *NOT_RESTATED, *year, *rates])["journal"])
    # 9,600.00 GBP over 366 days: January 31/366 of it, 813.11
    assert found["Revenue"]["2024-01"] == "813.11"
    assert sum(Decimal(amount) for amount in found["Revenue"].values()) == Decimal("9600.00")
    assert "FxLoss" not in found


def test_a_refund_takes_back_revenue_at_the_old_rate_and_cash_at_the_new() -> None:
    rates = [
        rate("EUR", "USD", day, value)
        for day, value in (("2019-01-01", "1.20"), ("2019-02-01", "1.20"), ("2019-03-01", "1.30"))
    ]
    refund = cash("refund", "re_1", "2019-03-01", "30.00", payment_id="ch_1", currency="EUR")
    found = functional(run([ACME, *NOT_RESTATED, *SOLD, *rates, paid("2019-02-01"), refund])["journal"])
    assert found["Refunds"] == {"2019-03": "36.00"}
    assert found["Cash"] == {"2019-02": "36.00", "2019-03": "-39.00"}
    assert found["FxLoss"] == {"2019-03": "3.00"}


def test_a_gap_takes_the_last_rate_of_at_most_seven_days() -> None:
    known = rate("EUR", "USD", "2018-12-25", "1.20")  # seven days before
    assert functional(run([ACME, *NOT_RESTATED, *SOLD, known])["journal"])["Revenue"] == {"2019-01": "36.00"}


def test_without_a_rate_the_entry_waits_and_says_so() -> None:
    old = rate("EUR", "USD", "2018-12-24", "1.20")  # eight days before
    books = run([ACME, *NOT_RESTATED, *SOLD, old, paid("2019-02-01")], "2019-03-31")
    assert books["journal"].is_empty()
    waits = books["pending_facts"].select("object_id", "reason", "waits_for").sort("object_id").rows()
    assert waits == [("ch_1", "missing", "EUR/USD of 2019-01-01"), ("in_1", "missing", "EUR/USD of 2019-01-01")]
    mended = run([ACME, *NOT_RESTATED, *SOLD, rate("EUR", "USD", "2019-01-01", "1.20")], held=books["journal"])
    assert functional(mended["journal"])["AccountsReceivable"] == {"2019-01": "36.00"}


def test_a_corrected_rate_corrects_what_was_posted_with_it() -> None:
    first = [ACME, *NOT_RESTATED, *SOLD, rate("EUR", "USD", "2019-01-01", "1.20")]
    before = run(first)["journal"]
    again = run([*first, rate("EUR", "USD", "2019-01-01", "1.21", version="2")], held=before)
    assert functional(again["journal"])["Revenue"] == {"2019-01": "36.30"}
    assert again["added"].get_column("is_correction").all()
    assert again["added"].get_column("amount").unique().to_list() == [Decimal(0)]
    corrected = set(again["added"].get_column("corrects_entry_id"))
    assert corrected == set(before.get_column("entry_id"))


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([rate("EUR", "JPY", "2024-01-02", "160")], "1600"),  # as published, to a currency without cents
        ([rate("JPY", "EUR", "2024-01-02", "0.00625")], "1600"),  # turned round
        (
            [rate("USD", "EUR", "2024-01-02", "0.8"), rate("USD", "JPY", "2024-01-02", "128")],
            "1600",
        ),  # crossed over the dollar
    ],
)
def test_a_pair_is_found_as_published_turned_round_or_crossed(rates: list[Row], expected: str) -> None:
    sold = invoice("in_1", "2024-01-02", [("10.00", None, None)], currency="EUR")
    found = functional(run([entity("JPY"), *NOT_RESTATED, *sold, *rates])["journal"])
    assert found["Revenue"] == {"2024-01": f"{expected}.00"}


def test_a_settlement_in_another_currency_goes_through_the_clearing_account() -> None:
    rates = [rate("EUR", "USD", "2019-01-01", "1.20"), rate("EUR", "USD", "2019-02-01", "1.10")]
    settled = {"settlement_amount": Decimal("32.90"), "settlement_currency": "USD"}
    arrived = cash("payment", "ch_1", "2019-02-01", "30.00", document_id="in_1", currency="EUR", **settled)
    journal = run([ACME, *NOT_RESTATED, *SOLD, *rates, arrived])["journal"]
    assert changes(journal, "EUR")["FxClearing"] == {"2019-02": "30.00"}
    assert "Cash" not in {k for k, v in changes(journal, "EUR").items() if sum(map(Decimal, v.values()))}
    assert changes(journal, "USD")["Cash"] == {"2019-02": "32.90"}
    found = functional(journal)
    assert "FxClearing" not in found
    assert found["FxLoss"] == {"2019-02": "3.10"}  # 36.00 - 32.90, what really arrived


def test_a_closed_period_keeps_its_functional_amounts() -> None:
    rates = [rate("EUR", "USD", "2019-01-01", "1.20")]
    from tests.assets.revenue_facts import period_log

    before = run([ACME, *NOT_RESTATED, *SOLD, *rates], "2019-01-31")["journal"]
    corrected = [ACME, *NOT_RESTATED, *SOLD, rate("EUR", "USD", "2019-01-01", "1.30", version="2")]
    after = run(corrected, "2019-02-28", held=before, log=period_log(("close", "2019-01")))["journal"]
    assert functional(after)["Revenue"] == {"2019-01": "36.00", "2019-02": "3.00"}


DAYS = [date(2023, 12, 29), *(date(2024, month, day) for month in range(1, 13) for day in range(1, 29, 4))]
slowly = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@given(stories=a_company(), quotes=st.lists(st.integers(50, 200), min_size=len(DAYS), max_size=len(DAYS)))
@slowly
def test_both_currencies_are_conserved(stories: list[Story], quotes: list[int]) -> None:
    """Every entry sums to zero in both; what is nothing in one is nothing in the other; rates only move FX accounts."""
    rates = [
        rate("USD", other, day.isoformat(), str(Decimal(quote) / 100 * factor))
        for other, factor in (("EUR", 1), ("JPY", 150), ("KWD", Decimal("0.3")))
        for day, quote in zip(DAYS, quotes, strict=True)
    ]
    rows = [row for story in stories for row in story.rows]
    books = run([entity("EUR"), *rates, *rows], "2025-06-30")
    journal = books["journal"]
    sums = journal.group_by("entry_id").agg(pl.col("amount", "functional_amount").sum())
    assert sums.filter((pl.col("amount") != 0) | (pl.col("functional_amount") != 0)).is_empty()
    carried = journal.filter(pl.col("account").is_in(["AccountsReceivable", "DeferredRevenue", "TaxLiability"]))
    by_line = carried.filter(pl.col("event_kind") != "remeasurement").group_by("document_id", "obligation_id", "account")
    still = by_line.agg(pl.col("amount", "functional_amount").sum()).filter(pl.col("amount") == 0)
    assert still.filter(pl.col("functional_amount") != 0).is_empty()
    # Revenue in euros is what its invoices were worth on the day they were booked.
    for story in stories:
        told = journal.filter(document_id=story.name, event_kind="invoice", account="AccountsReceivable")
        for amount, worth, day in told.select("amount", "functional_amount", "posted_on").iter_rows():
            factor = {"USD": Fraction(1), "JPY": Fraction(150), "KWD": Fraction(3, 10)}[story.currency]
            known = max(n for n, quoted in enumerate(DAYS) if quoted <= day)
            euros = Fraction(quotes[known], 100)
            exact = Fraction(amount) * euros / (1 if story.currency == "USD" else Fraction(quotes[known], 100) * factor)
            assert abs(Fraction(worth) - exact) <= Fraction(1, 200)


def test_a_credit_note_and_a_void_leave_no_difference_where_rates_stood_still() -> None:
    rates = [rate("EUR", "USD", "2024-01-01", "1.2345"), rate("EUR", "USD", "2024-02-01", "1.2345")]
    two = [("10.01", "2024-01-01", "2024-04-01"), ("19.99", None, None)]
    open_ = invoice(
        "in_1", "2024-01-01", two, currency="EUR", status="void", voided_at="2024-02-01", at="2024-02-01", total="33.33"
    )
    note = invoice("in_2", "2024-01-01", two, currency="EUR", total="33.33")
    rows = [ACME, *NOT_RESTATED, *rates, *open_, *note, credit_note("cn", "2024-02-01", "in_2", "33.33", currency="EUR")]
    found = functional(run(rows)["journal"])
    assert "FxLoss" not in found
    for account in ("AccountsReceivable", "DeferredRevenue", "TaxLiability"):
        assert sum(map(Decimal, found[account].values())) == 0, account
