"""Stripe's minor units are not those of ISO 4217 in every currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.currencies import exponents
from pipelines.systems.stripe.money import THREE_DECIMAL, ZERO_DECIMAL, decimals
from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems.normalising import normalise, row, rows


@pytest.mark.parametrize(
    ("currency", "amount", "expected"),
    [
        ("usd", 1_099, "10.99"),
        ("eur", 1, "0.01"),
        ("jpy", 500, "500"),
        ("krw", 1_000, "1000"),
        ("mga", 7, "7"),  # ISO 4217 gives it two decimals
        ("kwd", 1_230, "1.23"),
        ("bhd", 5, "0.005"),
        ("isk", 500, "5"),  # zero-decimal by ISO, two decimals at Stripe
        ("ugx", 500, "5"),
        ("huf", 1_000, "10"),
        ("twd", 80_045, "800.45"),
        ("clp", 99, "99"),
    ],
)
def test_amounts(currency: str, amount: int, expected: str) -> None:
    charge = stripe.charge(amount=amount, amount_captured=amount, currency=currency)
    cash = row(stripe.event("charge.succeeded", charge), "cash")
    assert (cash["amount"], cash["currency"]) == (Decimal(expected), currency.upper())


def test_the_rule_differs_from_iso_where_stripe_says_so() -> None:
    iso = exponents()
    different = {
        currency for currency in (*ZERO_DECIMAL, *THREE_DECIMAL, "ISK", "UGX") if iso[currency] != decimals(currency)
    }
    assert different == {"MGA", "ISK", "UGX"}


def test_every_iso_currency_that_has_a_minor_unit_is_known() -> None:
    events = [
        stripe.event("charge.succeeded", stripe.charge(currency=currency.lower()), id=f"evt_{currency}")
        for currency in exponents()
    ]
    assert len(rows(normalise(*events), "cash")) == len(events)


@given(st.integers(-(10**15), 10**15), st.sampled_from(["usd", "jpy", "kwd"]))
def test_amounts_are_exact(amount: int, currency: str) -> None:
    """Up to the largest amount that is let through."""
    line = stripe.line(amount, currency=currency)
    (found,) = rows(normalise(stripe.event("invoice.paid", stripe.invoice(line, currency=currency))), "document_lines")
    assert found["amount"] == Decimal(amount).scaleb(-decimals(currency.upper()))


def test_an_amount_too_large_for_the_table_is_refused() -> None:
    events = normalise(stripe.event("charge.succeeded", stripe.charge(amount=10**15 + 1))).events
    assert events.get_column("code").to_list() == ["WRONG_TYPE"]
