"""Random facts of a company, for property tests: invoices and what became of them, as facts and as the oracle sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.assets.revenue_facts import Row, cash, credit_note, fact, invoice
from tests.assets.revenue_oracle import Invoice, Line, TakeBack

EXPONENTS = {"USD": 2, "JPY": 0, "KWD": 3}
FIRST = date(2024, 1, 1)
# Half a year of bookings and a year of service keep the months few; days within reach of each other make ties and overlaps.
DAYS = st.integers(0, 180).map(lambda n: FIRST + timedelta(days=n))
CREDITS = st.sampled_from([1, 1, 1, -1])


@dataclass(frozen=True)
class Story:
    """One invoice: its facts, its currency, and what the oracle is told of it."""

    name: str
    currency: str
    rows: list[Row]
    told: Invoice


def major(minor: int, currency: str) -> str:
    return str(Decimal(minor).scaleb(-EXPONENTS[currency]))


@st.composite
def a_line(draw: st.DrawFn) -> Line:
    amount = draw(st.integers(1, 99_999)) * draw(CREDITS)
    if draw(st.booleans()):
        start = draw(DAYS)
        return Line(amount, start, start + timedelta(days=draw(st.sampled_from([1, 28, 30, 31, 61, 366]))))
    return Line(amount, None, None)


@st.composite
def a_story(draw: st.DrawFn, name: str) -> Story:
    """An invoice that is paid and refunded, disputed or credited in parts; or unpaid and voided or written off."""
    currency = draw(st.sampled_from(list(EXPONENTS)))
    lines = draw(st.lists(a_line(), min_size=1, max_size=3))
    booked = draw(DAYS)
    total = sum(line.amount for line in lines) + draw(st.sampled_from([0, 0, 1234]))
    printed = [
        (
            major(line.amount, currency),
            line.start.isoformat() if line.start else None,
            line.end.isoformat() if line.end else None,
        )
        for line in lines
    ]
    stated = {"total": major(total, currency), "currency": currency, "customer_id": f"{name}:cus"}
    # Fates that need money to have come in, or a positive claim, make no sense for an invoice that is itself a credit.
    fates = ["none", "paid", "void", "uncollectible"] if total > 0 else ["none"]
    fate = draw(st.sampled_from(fates))
    if fate == "paid":
        rows, taken = _paid(draw, name, currency, total, booked)
        return Story(
            name,
            currency,
            [*invoice(name, booked.isoformat(), printed, **stated), *rows],
            Invoice(booked, total, lines, taken),
        )
    if fate == "none":
        return Story(name, currency, invoice(name, booked.isoformat(), printed, **stated), Invoice(booked, total, lines))
    ended = booked + timedelta(days=draw(st.integers(0, 120)))
    column = "voided_at" if fate == "void" else "uncollectible_at"
    closed = {"status": fate, column: ended.isoformat(), "at": ended.isoformat()}
    rows = [
        *invoice(name, booked.isoformat(), printed, **stated),
        *invoice(name, booked.isoformat(), printed, **stated, **closed),
    ]
    return Story(name, currency, rows, Invoice(booked, total, lines, [TakeBack(fate, ended, total)]))


def _paid(draw: st.DrawFn, name: str, currency: str, total: int, booked: date) -> tuple[list[Row], list[TakeBack]]:
    """A payment, and refunds, disputes and credit notes after it, in order of day and object id."""
    rows = [cash("payment", f"{name}:ch", booked.isoformat(), major(total, currency), currency=currency, document_id=name)]
    taken = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["refund", "dispute", "credit_note"]))
        day = booked + timedelta(days=draw(st.integers(-10, 150)))
        gross = draw(st.integers(1, max(1, total)))
        key = f"{name}:take_{number}"
        if kind == "credit_note":
            day = max(day, booked)
            rows.append(credit_note(key, day.isoformat(), name, major(gross, currency), currency=currency))
        else:
            rows.append(
                cash(kind, key, day.isoformat(), major(gross, currency), currency=currency, payment_id=f"{name}:ch")
            )
        taken.append((day, key, TakeBack(kind, day, gross)))
    return rows, [take for _, _, take in sorted(taken, key=lambda t: t[:2])]


@st.composite
def a_company(draw: st.DrawFn, most: int = 8) -> list[Story]:
    return [draw(a_story(f"in_{number}")) for number in range(draw(st.integers(1, most)))]


def subscriptions(stories: list[Story]) -> list[Row]:
    """A subscription for each customer, cancelled for every second one: something for MRR to move."""
    rows: list[Row] = []
    for number, story in enumerate(stories):
        started = story.told.booked
        for status, day in (("active", started), ("canceled", started + timedelta(days=70)))[: 1 + number % 2]:
            event = f"{story.name}:sub@{day}"
            at = day.isoformat()
            shared = {"event": event, "currency": story.currency}
            rows.append(
                fact("contracts", f"{story.name}:sub", at, status=status, customer_id=f"{story.name}:cus", **shared)
            )
            priced = {
                "quantity": Decimal(1),
                "unit_price": Decimal(7),
                "billing_interval": "month",
                "usage_type": "licensed",
            }
            rows.append(fact("contract_lines", f"{story.name}:si", at, contract_id=f"{story.name}:sub", **priced, **shared))
    return rows
