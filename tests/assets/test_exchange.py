"""Money that reaches the bank in another currency: cash of the bank, what was kept of it, and the exchange."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.pipeline import compute
from lakehouse.tables import gold, ops
from tests.assets.revenue_facts import BOOKED_AT, Row, cash, changes, frames, invoice, run
from tests.assets.test_foreign_currency import NOT_RESTATED, entity, functional, rate
from tests.pipelines.systems import stripe_events as stripe
from tests.pipelines.systems import stripe_objects as objects
from tests.pipelines.systems.normalising import Record, normalise
from tests.pipelines.systems.stripe_events import DAY, JANUARY, event

SOLD = invoice("in_1", "2024-01-02", [("108.00", None, None)])
GBP = {"settlement_currency": "GBP"}
# 108.00 at 0.80, as a merchant of record pays out: 5.90 and 18.00 are kept of it.
PAID = [
    cash("payment", "ch_1", "2024-01-02", "108.00", document_id="in_1", settlement_amount=Decimal("86.40"), **GBP),
    cash("fee", "f_1", "2024-01-02", "5.90", document_id="in_1", settlement_amount=Decimal("4.72"), **GBP),
    cash("tax_remitted", "t_1", "2024-01-02", "18.00", document_id="in_1", settlement_amount=Decimal("14.40"), **GBP),
]


def worth(day: str, pounds: str) -> Row:
    return rate("GBP", "USD", day, pounds)


def test_what_was_kept_is_settled_in_the_currency_of_the_bank() -> None:
    journal = run([entity(), *NOT_RESTATED, *SOLD, *PAID, worth("2024-01-02", "1.25")])["journal"]
    # 86.40 - 4.72 - 14.40; nothing is left in dollars
    assert changes(journal, "GBP")["Cash"] == {"2024-01": "67.28"}
    assert "Cash" not in changes(journal, "USD")
    assert changes(journal, "USD")["Fees"] == {"2024-01": "5.90"}
    # 0.80 is what 1.25 says: nothing is realised.
    assert "FxLoss" not in functional(journal)


@pytest.mark.parametrize(("pounds", "loss"), [("1.20", "3.36"), ("1.30", "-3.36")])
def test_the_rate_of_the_bank_is_realised_when_the_books_are_in_the_currency_of_the_sale(pounds: str, loss: str) -> None:
    # 84.10 of dollars went in; 67.28 pounds came out: at 1.20 worth 80.74, at 1.30 worth 87.46 (each part rounded alone:
    # 103.68 - 5.66 - 17.28 = 80.74 and 112.32 - 6.14 - 18.72 = 87.46).
    journal = run([entity(), *NOT_RESTATED, *SOLD, *PAID, worth("2024-01-02", pounds)])["journal"]
    found = functional(journal)
    assert found["FxLoss"] == {"2024-01": loss}
    assert "FxClearing" not in found
    assert found["Revenue"] == {"2024-01": "108.00"}


def test_in_books_of_a_third_currency_the_clearing_is_clear_too() -> None:
    # Books in euros: 84.10 dollars are 75.69 at 0.90; 67.28 pounds are 77.37 at 1.15: a gain, part by part
    # 97.20 - 5.31 - 16.20 = 75.69 and 99.36 - 5.43 - 16.56 = 77.37.
    rates = [rate("USD", "EUR", "2024-01-02", "0.90"), rate("GBP", "EUR", "2024-01-02", "1.15")]
    found = functional(run([entity("EUR"), *NOT_RESTATED, *SOLD, *PAID, *rates])["journal"])
    assert "FxClearing" not in found
    assert found["FxLoss"] == {"2024-01": "-1.68"}


def test_a_half_that_waits_for_its_rate_realises_nothing() -> None:
    journal = run([entity(), *NOT_RESTATED, *SOLD, *PAID])["journal"]
    assert "FxLoss" not in functional(journal)


def stripe_books(kept: str, rates: list[Row], *records: Record) -> tuple[dict[str, Any], ...]:
    """Balances of January 2025 of a company with books in a currency: in dollars, in euros, and what they are worth."""
    facts = {name.partition(".")[2]: frame for name, frame in normalise(*records, source="stripe").facts.items()}
    told = frames([entity(kept), *NOT_RESTATED, *rates])
    for name, frame in told.items():
        facts[name] = pl.concat([facts[name], frame]) if name in facts else frame
    empty = gold.JOURNAL.empty()
    journal = compute(facts, ops.PERIOD_LOG.empty(), empty, date(2025, 1, 31), BOOKED_AT)["journal"]
    return changes(journal, "USD"), changes(journal, "EUR"), functional(journal)


# 30.00 USD are charged; 27.00 EUR reach the balance, of which Stripe takes 1.08; 25.92 EUR are paid out.
CHARGE = event("charge.succeeded", stripe.charge(balance_transaction=objects.balance_transaction(), invoice=None))
PAYOUT = event("payout.paid", objects.payout(status="paid"))


def test_a_charge_in_dollars_that_is_paid_out_in_euros() -> None:
    day = "2025-01-01"
    dollars, euros, kept = stripe_books("USD", [rate("EUR", "USD", day, "1.10")], CHARGE, PAYOUT)
    assert euros["Cash"] == {"2025-01": "25.92"}  # 27.00 - 1.08
    assert euros["Fees"] == {"2025-01": "1.08"}
    assert "Cash" not in dollars
    # 27.00 at 1.10 are 29.70 for 30.00; the fee is 1.19; 29.70 - 1.19 of cash.
    assert kept["FxLoss"] == {"2025-01": "0.30"}
    assert (kept["Fees"], kept["Cash"]) == ({"2025-01": "1.19"}, {"2025-01": "28.51"})
    assert "FxClearing" not in kept


def test_a_payout_in_another_currency_than_the_balance() -> None:
    # The balance of 25.92 EUR is paid out as 28.00 USD, for a fee of 0.26 EUR: 25.66 and 0.26 leave it.
    transaction = objects.balance_transaction(
        id="txn_9", amount=-2_566, fee=26, net=-2_592, type="payout", source="po_1", created=JANUARY + DAY
    )
    payout = event(
        "payout.paid", objects.payout(status="paid", amount=2_800, currency="usd", balance_transaction=transaction)
    )
    days = [f"2025-01-{day:02}" for day in (1, 2, 4)]
    dollars, euros, kept = stripe_books("USD", [rate("EUR", "USD", day, "1.10") for day in days], CHARGE, payout)
    assert dollars["Cash"] == {"2025-01": "28.00"}
    assert "Cash" not in euros  # 27.00 - 1.08 - 25.66 - 0.26
    assert euros["Fees"] == {"2025-01": "1.34"}
    # 30.00 for 27.00 EUR, worth 29.70: 0.30 lost; 25.66 EUR, worth 28.23, for 28.00: 0.23 lost.
    assert kept["FxLoss"] == {"2025-01": "0.53"}
    assert "FxClearing" not in kept
