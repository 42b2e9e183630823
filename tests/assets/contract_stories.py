"""Random contracts on the basis `contract`, for property tests: promises of every kind, and what becomes of them.

Days of facts about one object differ, since two statements about it on one moment are a conflict, which is another law's
business. Amounts are odd, so that every division leaves something to round.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.assets.revenue_facts import Row, cash, credit_note, fact, moment
from tests.vectors.contract_facts import BASIS, billed, choice, contract, estimate, line, performed, used

FIRST = date(2024, 1, 1)
# Contracts begin in the first quarter and move until August; what time performs may last for a year.
BEGINNINGS = st.integers(0, 60)
LATER = st.integers(1, 240)
CENTS = st.integers(1, 99_999).map(lambda cents: Decimal(cents) / 100)
SPANS = (1, 28, 31, 90, 91, 365)
TREATMENTS = ("separate_contract", "prospective", "cumulative_catch_up")
TERMS: list[Row] = [BASIS, choice("contract_cost_expedient", "off")]


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def later(start: int, most: int) -> st.SearchStrategy[list[int]]:
    """Some days after the beginning, no two alike."""
    return st.lists(LATER.map(lambda n: start + n), min_size=0, max_size=most, unique=True)


def ended(row: Row) -> Row:
    """The promise is taken back."""
    return row[0], row[1] | {"operation": "retract"}


@st.composite
def goods(draw: st.DrawFn, name: str, of: str, start: int) -> list[Row]:
    """Units delivered one lot after another, of which some may come back."""
    units = draw(st.integers(1, 9))
    terms = {"promise_kind": "good", "ssp": draw(CENTS), "of": of}
    rows = [line(name, draw(CENTS), day(start), quantity=units, **terms)]
    for number, on in enumerate(draw(later(start, 3))):
        rows.append(performed(f"{name}:{number}", name, day(on), quantity=draw(st.integers(1, 4))))
    if draw(st.booleans()):
        rows += [
            estimate(f"{name}:back", name, "returns", draw(st.integers(0, units)), day(on))
            for on in [start, *draw(later(start, 1))]
        ]
    for on in draw(later(start, 2)):
        told = line(name, draw(CENTS), day(on), quantity=draw(st.integers(1, 9)), **terms)
        rows.append(ended(told) if draw(st.booleans()) else told)
    return rows


@st.composite
def service(draw: st.DrawFn, name: str, of: str, start: int) -> list[Row]:
    """A service over time, repriced or ended before it is over."""
    begins = start + draw(st.integers(0, 40))
    span = {"service_from": day(begins), "service_to": day(begins + draw(st.sampled_from(SPANS)))}
    method = draw(st.sampled_from([None, "straight_line_monthly", "straight_line_exact"]))
    terms: dict[str, Any] = {"of": of, "ssp": draw(CENTS), "recognition_method": method, **span}
    rows = [line(name, draw(CENTS), day(start), **terms)]
    for on in draw(later(start, 2)):
        told = line(name, draw(CENTS), day(on), **terms)
        rows.append(ended(told) if draw(st.booleans()) else told)
    return rows


@st.composite
def building(draw: st.DrawFn, name: str, of: str, start: int) -> list[Row]:
    """Something built at a cost that is estimated, and estimated again."""
    terms: dict[str, Any] = {"of": of, "promise_kind": "service", "recognition_method": "cost_to_cost", "ssp": draw(CENTS)}
    rows = [line(name, draw(CENTS), day(start), **terms)]
    rows += [
        estimate(f"{name}:cost", name, "total_cost", draw(CENTS), day(on), money=True)
        for on in [start, *draw(later(start, 2))]
    ]
    for number, on in enumerate(draw(later(start, 3))):
        rows.append(performed(f"{name}:{number}", name, day(on), kind="cost", amount=draw(CENTS)))
    for on in draw(later(start, 1)):
        rows.append(line(name, draw(CENTS), day(on), **terms))
    return rows


@st.composite
def meter(draw: st.DrawFn, name: str, of: str, start: int) -> list[Row]:
    """A metered promise and its readings, of which one is corrected."""
    rows = [line(name, draw(CENTS), day(start), of=of, quantity=None, usage_type="metered")]
    days = draw(later(start, 3))
    rows += [used(f"{name}:{n}", name, day(on), draw(st.integers(1, 50))) for n, on in enumerate(days)]
    if days:
        told = {"meter": "units", "contract_line_id": f"test:{name}", "known_at": day(days[0] + 9)}
        quantity = Decimal(draw(st.integers(0, 50)))
        rows.append(fact("usage", f"test:used:{name}:0", day(days[0]), quantity=quantity, **told))
    return rows


@st.composite
def points(draw: st.DrawFn, name: str, of: str, start: int) -> list[Row]:
    """Points or a gift card: redeemed of those that are expected to be, until they lapse."""
    count = draw(st.integers(1, 99))
    span = {"service_from": day(start), "service_to": day(start + draw(st.sampled_from((90, 180))))}
    rows = [line(name, draw(CENTS), day(start), of=of, quantity=count, promise_kind="points", ssp=draw(CENTS), **span)]
    rows += [
        estimate(f"{name}:expected", name, "expected_units", draw(st.integers(1, 99)), day(on))
        for on in [start, *draw(later(start, 1))]
    ]
    rows += [used(f"{name}:{n}", name, day(on), draw(st.integers(1, 30))) for n, on in enumerate(draw(later(start, 3)))]
    return rows


FAMILIES = (goods, service, building, meter, points)


@st.composite
def judged(draw: st.DrawFn, name: str, start: int) -> list[Row]:
    """What is estimated and decided about the contract as a whole."""
    rows = [
        estimate(f"{name}:bonus", name, "variable_consideration", draw(st.integers(-500, 500)), day(on), money=True)
        for on in draw(later(start - 1, 2))
    ]
    said = {"author": "ann", "reason": "so it was judged", "scope": name}
    for on in draw(later(start, 1)):
        value = draw(st.sampled_from(TREATMENTS))
        rows.append(fact("judgements", f"{name}:j", day(on), decision="modification_treatment", value=value, **said))
    if draw(st.integers(0, 5)) == 0:
        for on, value in zip(sorted(draw(later(start, 2))), ("not_probable", "probable"), strict=False):
            rows.append(fact("judgements", f"{name}:c", day(on), decision="collectability", value=value, **said))
    return rows


@st.composite
def money(draw: st.DrawFn, name: str, start: int) -> list[Row]:
    """Invoices of the contract, and what becomes of them."""
    rows: list[Row] = []
    for number, on in enumerate(draw(later(start - 1, 2))):
        amount = draw(CENTS)
        invoice = f"{name}:in_{number}"
        rows += billed(amount, day(on), name=invoice, of=name)
        fate = draw(st.sampled_from(["open", "paid", "refunded", "disputed", "credited", "void", "uncollectible"]))
        after, back = day(on + draw(st.integers(1, 60))), str(draw(st.integers(1, int(amount * 100)).map(_major)))
        if fate in ("paid", "refunded", "disputed"):
            rows.append(cash("payment", f"{invoice}:ch", day(on), str(amount), document_id=invoice))
        if fate in ("refunded", "disputed"):
            kind = {"refunded": "refund", "disputed": "dispute"}[fate]
            rows.append(cash(kind, f"{invoice}:back", after, back, payment_id=f"{invoice}:ch"))
        if fate == "credited":
            rows.append(credit_note(f"{invoice}:cn", after, invoice, back))
        if fate in ("void", "uncollectible"):
            table, head = rows[-2]
            gone = fact("x", "x", after)[1]["effective_at"]
            event = {"row_key": f"test|gone|{invoice}", "source_event_id": f"{invoice} gone", "known_at": gone}
            dated = {"status": fate, "effective_at": gone}
            dated |= {"voided_at" if fate == "void" else "uncollectible_at": gone}
            rows.append((table, head | event | dated))
    return rows


def _major(cents: int) -> Decimal:
    return Decimal(cents) / 100


@st.composite
def terms(draw: st.DrawFn, name: str, start: int) -> list[Row]:
    """The contract, and how long both sides are bound by it, which may be told again: longer, shorter or not at all."""
    rows = []
    for on in [start, *draw(later(start, 1))]:
        until = draw(st.sampled_from([None, None, 15, 90, 200]))
        table, row = contract(day(on), name, enforceable_until=until and moment(day(on + until)))
        rows.append((table, row | {"start_at": moment(day(start))}))
    return rows


@st.composite
def a_deal(draw: st.DrawFn, name: str) -> list[Row]:
    """One contract: its promises, those added later, what is judged and what is billed."""
    start = draw(BEGINNINGS)
    rows = draw(terms(f"test:{name}", start))
    for number in range(draw(st.integers(1, 3))):
        family = draw(st.sampled_from(FAMILIES))
        added = draw(st.sampled_from([0, 0, 0, 45]))
        rows += draw(family(f"{name}:{number}", f"test:{name}", start + (added if number else 0)))
    return [*rows, *draw(judged(f"test:{name}", start)), *draw(money(f"test:{name}", start))]


@st.composite
def deals(draw: st.DrawFn, most: int = 10) -> list[list[Row]]:
    return [draw(a_deal(f"c{number}")) for number in range(draw(st.integers(1, most)))]
