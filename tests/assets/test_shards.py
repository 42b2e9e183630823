"""Facts cut by contract, or posted in parts, give the same journal as all of them together, to the id of every line."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.shards.ties import ties
from lakehouse.tables import quarantine
from tests.assets.links.sales import applied, bill, customer, paid, says
from tests.assets.revenue_facts import Row, cash, credit_note, fact, frames, invoice, period_log, posted
from tests.assets.revenue_stories import Story, a_company, subscriptions
from tests.assets.sharded import in_one, in_shards
from tests.assets.test_foreign_currency import entity, rate
from tests.assets.test_other_money import entry
from tests.vectors.contract_facts import BASIS, billed, contract, estimate, line, performed, used

AS_OF = "2024-10-31"
SHARDS = (1, 3, 8)


def assert_same(tables: dict[str, pl.DataFrame], as_of: str = AS_OF, shards: tuple[int, ...] = SHARDS) -> pl.DataFrame:
    whole = in_one(tables, as_of)
    for count in shards:
        assert_frame_equal(in_shards(tables, as_of, count), whole)
    obligations = 7
    assert_frame_equal(in_one(tables, as_of, obligations), whole)
    return whole


@given(stories=a_company(), count=st.integers(1, 9))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_company_in_any_number_of_shards(stories: list[Story], count: int) -> None:
    rows = [*(row for story in stories for row in story.rows), *subscriptions(stories)]
    tables = frames(rows)
    assert_same(tables, shards=(count,))
    closed = period_log(("close", "2024-01"), ("close", "2024-02"), ("close", "2024-03"))
    early = posted(rows[::2], "2024-04-15")
    assert_same(tables | {"journal": early, "period_log": closed}, shards=(count,))


def test_what_one_payment_pays_and_what_a_credit_note_corrects_is_in_one_shard() -> None:
    rows: list[Row] = []
    for n in range(12):
        rows += invoice(f"in_{n}", "2024-01-10", [("120", "2024-01-10", "2025-01-10")])
    # Each payment settles two invoices; a refund of it is shared by both.
    for n in range(0, 12, 2):
        rows.append(cash("payment", f"ch_{n}", "2024-01-20", "240"))
        rows += [applied(f"ch_{n}", f"in_{n + m}", "2024-01-20", "120") for m in range(2)]
        rows.append(cash("refund", f"re_{n}", "2024-03-01", "61", payment_id=f"ch_{n}"))
        rows.append(credit_note(f"cn_{n}", "2024-04-01", f"in_{n}", "10"))
    rows.append(cash("payment", "ch_of_nothing", "2024-02-01", "33"))
    rows.append(cash("fee", "fee_1", "2024-01-20", "3", payment_id="ch_0"))
    assert assert_same(frames(rows)).height > 100


def contracts_of_every_kind() -> list[Row]:
    year = {"service_from": "2021-01-01", "service_to": "2022-01-01"}
    rows: list[Row] = [BASIS]
    for n in range(10):
        of, group = f"test:c{n}", f"g{n // 2}" if n < 4 else None  # the first four are combined, two by two
        rows.append(contract(name=of, contract_group=group))
        rows += [
            line(f"{n}:device", "600", of=of, promise_kind="good", ssp="800"),
            line(f"{n}:service", "1200", of=of, ssp="1200", **year),
            line(f"{n}:calls", "0.10", of=of, quantity=None, usage_type="metered"),
            performed(f"{n}:device", f"{n}:device", "2021-01-10", quantity=1),
            used(f"{n}:calls", f"{n}:calls", "2021-02-11", 100 * n),
            estimate(f"{n}:bonus", f"{n}:service", "variable_consideration", 100 + n, "2021-03-01", money=True),
            *billed("1800", name=f"test:in_{n}", of=of),
            line(f"{n}:service", "1500", "2021-07-01", of=of, ssp="1400", **year),
        ]
    rows.append(fact("judgements", "test:j", "2021-05-01", scope="*", decision="principal", value="yes", reason="known"))
    return rows


def test_contracts_with_their_groups_usage_estimates_and_modifications() -> None:
    assert assert_same(frames(contracts_of_every_kind()), "2022-06-30").height > 300


def test_a_held_journal_and_closed_periods() -> None:
    rows = contracts_of_every_kind()
    late = [used("late", "3:calls", "2021-02-20", 700), performed("late", "4:device", "2021-03-01", quantity=1)]
    held = posted(rows, "2021-04-30")
    log = period_log(("close", "2021-01"), ("close", "2021-02"), ("close", "2021-03"))
    tables = frames([*rows, *late]) | {"journal": held, "period_log": log}
    added = assert_same(tables, "2022-06-30")
    assert added.get_column("is_correction").any()


def test_foreign_invoices_several_books_and_entries_of_people() -> None:
    year = ("2024-01-10", "2025-01-10")
    rows = [
        entity(books="us_gaap, ifrs"),
        *(rate("EUR", "USD", f"2024-{month:02}-{day:02}", f"1.{month}{day % 10}", kind=kind)
          for kind in ("reference", "closing") for month in range(1, 10) for day in range(1, 29, 3)),
    ]  # fmt: skip
    for n in range(8):
        rows += invoice(f"in_{n}", f"2024-01-{10 + n}", [(f"{1200 + n}", *year)], currency="EUR")
        if n % 2:
            rows.append(cash("payment", f"ch_{n}", "2024-05-20", "600", currency="EUR", document_id=f"in_{n}"))
    # Receivables taken over without a contract are restated together, from whichever entry they come.
    for n in range(3):
        legs = (("AccountsReceivable", f"{100 + n}"), ("OpeningBalance", f"{-100 - n}"))
        rows += entry(f"je_{n}", *legs, kind="opening", currency="EUR", contract_id=None if n else "in_1")
    added = assert_same(frames(rows))
    assert set(added.get_column("book")) == {"us_gaap", "ifrs"}
    assert added.filter(event_kind="remeasurement").height > 50


def test_what_is_held_of_facts_that_are_gone_is_taken_back() -> None:
    rows = contracts_of_every_kind()
    held = posted(rows, "2021-12-31")
    assert assert_same(frames(rows[:20]) | {"journal": held}, "2021-12-31").get_column("is_correction").all()


def test_copies_across_systems_count_once() -> None:
    rows: list[Row] = []
    for n in range(6):
        mail = f"buyer{n}@example.com"
        rows += [customer(f"stripe:cus_{n}", mail), customer(f"shopify:cus_{n}", mail)]
        rows += bill(f"stripe:in_{n}", "2024-01-05", f"{100 + n}", f"stripe:cus_{n}", served=("2024-01-05", "2024-07-05"))
        rows += bill(f"shopify:or_{n}", "2024-01-05", f"{100 + n}", f"shopify:cus_{n}")
        rows.append(paid(f"shopify:tr_{n}", "2024-01-06", f"{100 + n}", f"shopify:cus_{n}", document_id=f"shopify:or_{n}"))
    rows.append(says("shopify:or_0", "in_1", system="stripe"))
    by_system = [(table, row | {"source": row["object_id"].partition(":")[0]}) for table, row in rows]
    assert_same(frames(by_system))


def test_what_is_in_conflict_is_held_in_every_shard() -> None:
    rows = contracts_of_every_kind()
    tables = frames(rows)
    event = tables["contract_lines"].row(0, named=True)
    rejected = {
        "quarantine_key": "q",
        "stage": "ingest",
        "source": event["source"],
        "source_event_id": event["source_event_id"],
        "object_id": "test:in_3, test:c5",
        "code": "EVENT_CONFLICT",
    }
    held = quarantine.REJECTED.conform(pl.DataFrame([rejected]))
    with_conflict = assert_same(tables | {"rejected": held}, "2022-06-30")
    assert with_conflict.height < assert_same(tables, "2022-06-30", (3,)).height


@pytest.mark.parametrize("name", ["estimates", "judgements"])
def test_what_is_about_everything_ties_nothing(name: str) -> None:
    rows = pl.DataFrame({"object_id": ["a", "b"], "scope": ["*", "c"]})
    assert ties(name, rows).rows() == [("b", "c")]
