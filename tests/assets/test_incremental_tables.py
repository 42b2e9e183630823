"""Tables that follow a change are those of a full refresh, row for row, for companies of every kind, and after a crash."""

from __future__ import annotations

import random
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.cut import current_cut, facts_at
from assets.facts.observed import observe
from assets.incremental.layout import in_order
from assets.incremental.run import Followed, brought, follow, make_indexes, replaced_in_full
from assets.incremental.standing import stands
from assets.incremental.tables import FOLLOWING, Change
from assets.incremental.ties import GOVERNING
from assets.pipeline import compute
from lakehouse.store import Lakehouse
from lakehouse.tables import gold, ops, quarantine
from tests.assets.contract_stories import TERMS, deals
from tests.assets.revenue_facts import BOOKED_AT, TABLES, Row, cash, credit_note, fact, frames, invoice, period_log
from tests.assets.revenue_stories import Story, a_company, subscriptions
from tests.assets.test_foreign_currency import entity, rate
from tests.assets.test_other_money import entry
from tests.vectors.contract_facts import choice, estimate

AS_OF = date(2024, 10, 31)
# Every example writes all of gold several times, and computes it in full each time: few examples, each of many facts.
few = settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
COMPANY = entity(books="us_gaap, ifrs")
FIRST = date(2023, 12, 25)
RATES = [
    rate(currency, "USD", (FIRST + timedelta(days=step)).isoformat(), f"{base}{step % 89:02}", kind=kind)
    for currency, base in (("JPY", "0.0071"), ("KWD", "3.2"))
    for kind in ("reference", "closing")
    for step in range(0, 320, 5)
]


def ingest(lake: Lakehouse, rows: list[Row]) -> None:
    for name, frame in frames(rows).items():
        lake.append(TABLES[name], frame)


def follows(lake: Lakehouse) -> Followed:
    """What a refresh would follow."""
    return follow(lake, current_cut(lake), AS_OF, BOOKED_AT)


def refresh(lake: Lakehouse) -> Change | None:
    """Bring every table up to the facts, and compare it with a full refresh. The change followed, None where in full."""
    followed = follows(lake)
    facts, log, held = facts_at(lake, followed.cut), lake.scan(ops.PERIOD_LOG).collect(), lake.scan(gold.JOURNAL).collect()
    expected = compute(facts, log, held, AS_OF, BOOKED_AT)
    if followed.change is None:
        in_full(lake, expected, followed.cut)
    else:
        for table in FOLLOWING:
            brought(lake, table, followed.change)
        assert followed.stood is not None
        stands(lake, "test", FOLLOWING, AS_OF, followed.cut, followed.stood.systems)
    expected |= {"journal": pl.concat([held, expected["journal"]])}
    for table in FOLLOWING:
        rows = lake.scan(table).collect()
        assert rows.sort(table.key).equals(expected[table.name].sort(table.key)), table.name
    return followed.change


def in_full(lake: Lakehouse, made: dict[str, pl.DataFrame], cut: dict[str, int]) -> None:
    lake.ensure(gold.JOURNAL)
    for table in FOLLOWING:
        if table is gold.JOURNAL:
            lake.append(table, in_order(table, made[table.name], lake.scan(gold.OBLIGATIONS)))
        else:
            replaced_in_full(lake, table, made[table.name], AS_OF)
    make_indexes(lake, cut)
    stands(lake, "test", FOLLOWING, AS_OF, cut, observe(facts_at(lake, cut), AS_OF).links.here)


def of_none(number: int, on: date) -> list[Row]:
    """Money and entries of no contract."""
    month = on.replace(day=1).isoformat()
    legs = (("AccountsReceivable", f"{100 + number}"), ("OpeningBalance", f"{-100 - number}"))
    return [
        cash("payment", f"stray:{number}", on.isoformat(), f"{31 + number}.10"),
        cash("fee", f"fee:{number}", on.isoformat(), "0.35", payment_id=f"stray:{number}"),
        *entry(f"je_{number}", ("UnbilledAccountsReceivable", "50"), ("Revenue", "-50"), day=month),
        *entry(f"opening_{number}", *legs, kind="opening", day=month),
    ]


@st.composite
def a_mixed_company(draw: st.DrawFn) -> list[Row]:
    """Contracts, invoices in three currencies, subscriptions, and what is of no contract."""
    stories: list[Story] = draw(a_company(most=4))
    contracts = draw(deals(most=2))
    days = [date(2024, 1, 15) + timedelta(days=30 * draw(st.integers(0, 8))) for _ in range(draw(st.integers(1, 2)))]
    return [
        *(TERMS if draw(st.booleans()) else []),
        *(row for deal in contracts for row in deal),
        *(row for story in stories for row in story.rows),
        *subscriptions(stories),
        *(row for number, on in enumerate(days) for row in of_none(number, on)),
    ]


def in_batches(rows: list[Row], seed: int) -> list[list[Row]]:
    """What governs everything and half of the events, and the other events in two batches, in random order."""
    governing = {table.name for table in GOVERNING}
    events: dict[str, dict[str, Row]] = {}
    for table, row in rows:
        if table not in governing:
            events.setdefault(row["source_event_id"], {}).setdefault(row["row_key"], (table, row))
    arriving = [list(event.values()) for event in events.values()]
    random.Random(seed).shuffle(arriving)
    half = len(arriving) // 2
    size = max(1, -(-(len(arriving) - half) // 2))
    first = [row for row in rows if row[0] in governing] + [row for event in arriving[:half] for row in event]
    later = [arriving[at : at + size] for at in range(half, len(arriving), size)]
    return [first, *([row for event in batch for row in event] for batch in later)]


@given(rows=a_mixed_company(), seed=st.integers(0, 10**6))
@few
def test_any_company_in_two_books_with_rates_and_a_close_in_between(rows: list[Row], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Lakehouse(folder)
        first, *later = in_batches([COMPANY, *RATES, *rows], seed)
        ingest(lake, first)
        assert refresh(lake) is None
        for number, batch in enumerate(later):
            ingest(lake, batch)
            refresh(lake)
            if number == 0:  # what comes from here on is late for what is closed
                lake.append(ops.PERIOD_LOG, period_log(("close", "2024-01"), ("close", "2024-02")))
                assert refresh(lake) is None


def story(number: int) -> list[Row]:
    """An invoice in yen or dollars of a customer of its own, paid."""
    name, currency = f"test:in_{number}", "JPY" if number % 3 == 0 else "USD"
    at = (date(2024, 1, 5) + timedelta(days=11 * number)).isoformat()
    year = [(str(1200 + number), at, "2025-01-05")]
    told = {"currency": currency, "customer_id": f"test:cus_{number}"}
    paid = cash("payment", f"{name}:ch", at, str(1200 + number), currency=currency, document_id=name)
    return [*invoice(name, at, year, **told), paid]


STANDING = [entity(), *RATES, *(row for number in range(8) for row in story(number)), *of_none(0, date(2024, 3, 5))]


def taken_back(number: int) -> list[Row]:
    """Late facts of one invoice: a refund, a credit note, a dispute and the payment told anew as less."""
    name, currency = f"test:in_{number}", "JPY" if number % 3 == 0 else "USD"
    of = {"currency": currency, "payment_id": f"{name}:ch"}
    return [
        cash("refund", f"{name}:re", "2024-06-01", "100", **of),
        cash("dispute", f"{name}:dp", "2024-07-01", "50", **of),
        credit_note(f"{name}:cn", "2024-05-01", name, "200", currency=currency),
    ]


def corrected(number: int) -> list[Row]:
    """The invoice was told wrong: its line is taken back, and another one told."""
    at, name = "2024-08-01", f"test:in_{number}"
    told = invoice(name, (date(2024, 1, 5) + timedelta(days=11 * number)).isoformat(), [("1", None, None)])
    line = told[1][1] | {"operation": "retract", "effective_at": BOOKED_AT, "known_at": BOOKED_AT}
    line |= {"row_key": f"test|gone|{number}", "source_event_id": f"gone {number}"}
    return [
        ("document_lines", line),
        fact("documents", name, at, kind="invoice", status="void", voided_at=at, currency="USD"),
    ]


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Lakehouse:
    """A company all of whose tables stand at its facts; only to be copied."""
    lake = Lakehouse(tmp_path_factory.mktemp("stood"))
    ingest(lake, STANDING)
    refresh(lake)
    return lake


@pytest.fixture
def company(stood: Lakehouse, tmp_path: Path) -> Lakehouse:
    shutil.copytree(stood.root, f"{tmp_path}/copy")
    return Lakehouse(f"{tmp_path}/copy")


def test_what_is_taken_back_corrected_and_of_no_contract(company: Lakehouse) -> None:
    for rows in ([*taken_back(3), *corrected(5)], [*of_none(1, date(2024, 3, 9)), *story(9), *taken_back(4)]):
        ingest(company, rows)
        change = refresh(company)
        assert change is not None
        assert change.increment.contracts() <= 4


GOVERNS = {
    "rate": [rate("JPY", "USD", "2024-02-02", "0.0089", version="2")],
    "policy": [choice("fx_remeasurement", "none")],
    "estimate": [estimate("e", "test:in_1", "returns", 1, "2024-03-01")],
}


@pytest.mark.parametrize("what", GOVERNS)
def test_what_governs_everything_is_computed_in_full(company: Lakehouse, what: str) -> None:
    ingest(company, [*GOVERNS[what], *taken_back(2)])
    assert follows(company).change is None


@pytest.mark.parametrize("tables", [1, FOLLOWING.index(gold.JOURNAL) + 1])
def test_a_refresh_that_broke_off_is_healed_by_the_next(company: Lakehouse, tables: int) -> None:
    ingest(company, taken_back(1))
    change = follows(company).change
    assert change is not None
    for table in FOLLOWING[:tables]:
        brought(company, table, change)
    assert follows(company).change is None
    refresh(company)
    ingest(company, taken_back(2))
    assert follows(company).change is not None


def test_without_its_indexes_and_after_compaction_it_is_the_same(company: Lakehouse) -> None:
    for folder in Path(company.root).glob("*/*/_rtr_index/rows"):
        shutil.rmtree(folder)
    for table in FOLLOWING:
        company.open(table).optimize.compact()
    ingest(company, taken_back(6))
    assert refresh(company) is not None


def test_facts_that_are_kept_out_concern_every_contract(company: Lakehouse) -> None:
    row = {"quarantine_key": "q", "stage": "gate", "source": "test", "object_id": "test:in_1", "code": "GATE"}
    company.ensure(quarantine.REJECTED)
    kept_out = quarantine.REJECTED.conform(pl.DataFrame([row]))
    required = {name: BOOKED_AT if "at" in name.split("_") else "x" for name in quarantine.REJECTED.required_columns}
    company.append(
        quarantine.REJECTED, kept_out.with_columns(**{n: pl.lit(v) for n, v in required.items() if n not in row})
    )
    assert follows(company).change is None
