"""Charges that wait for an invoice are earned before it comes: unbilled, then billed, or deleted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from expectations.gate import judge
from lakehouse.tables import gold
from tests.assets.revenue_facts import Row, changes, fact, frames, invoice, period_log, posted, run
from tests.assets.sharded import in_one, in_shards
from tests.assets.test_foreign_currency import entity, rate
from tests.vectors.adapters.invoices import policy
from tests.vectors.adapters.pending import SUBSCRIPTION, bills, pending_item

# Stripe's upgrade: 90 USD a month, on 21 April to 120: 10 of 30 days are left, -30 and +40.
OVER = ("2019-04-21", "2019-05-01")
UPGRADE = [
    *invoice("test:in_1", "2019-04-01", [("90.00", "2019-04-01", "2019-05-01")], contract_id=SUBSCRIPTION),
    *pending_item("test:ii_1", "2019-04-21", "-30.00", *OVER),
    *pending_item("test:ii_2", "2019-04-21", "40.00", *OVER),
]
BILLED = [
    *invoice(
        "test:in_2",
        "2019-05-01",
        [("-30.00", *OVER), ("40.00", *OVER), ("120.00", "2019-05-01", "2019-06-01")],
        contract_id=SUBSCRIPTION,
    ),
    bills("test:in_2:il_1", "test:ii_1", "2019-05-01"),
    bills("test:in_2:il_2", "test:ii_2", "2019-05-01"),
]


def deleted(item: str, at: str, **more: Any) -> list[Row]:
    shared = {"event": f"{item}@deleted", "operation": "retract"} | more
    return [
        fact("documents", item, at, kind="pending_item", status="draft", **shared),
        fact("document_lines", item, at, document_id=item, line_number=1, **shared),
    ]


def test_an_upgrade_is_earned_in_the_month_of_its_service() -> None:
    """https://docs.stripe.com/revenue-recognition/examples/subscriptions: 60 + 40 in April, 120 in May."""
    moved = changes(run([*UPGRADE, *BILLED])["journal"])
    assert moved["Revenue"] == {"2019-04": "100.00", "2019-05": "120.00"}
    assert moved["UnbilledAccountsReceivable"] == {"2019-04": "10.00", "2019-05": "-10.00"}
    assert moved["AccountsReceivable"] == {"2019-04": "90.00", "2019-05": "130.00"}


def test_what_waits_is_earned_before_its_invoice_is_known() -> None:
    books = run(UPGRADE, "2019-04-30")
    assert changes(books["journal"])["UnbilledAccountsReceivable"] == {"2019-04": "10.00"}
    assert books["contract_balances"].filter(contract_id=SUBSCRIPTION).row(-1, named=True)["unbilled"] == 10
    assert books["sales_daily"].get_column("invoiced").sum() == 90, "what waits is not invoiced"
    report = judge(gold.SALES_DAILY, books["sales_daily"], {gold.OBLIGATIONS.qualified_name: books["obligations"]})
    assert [failure.expectation.name for failure in report.failures] == []


def test_the_invoice_moves_nothing_in_a_month_that_was_closed_on_what_waited() -> None:
    closed = posted(UPGRADE, "2019-04-30")
    after = posted([*UPGRADE, *BILLED], "2019-05-31", closed, period_log(("close", "2019-04")))
    moved = changes(after)
    assert moved["Revenue"] == {"2019-04": "100.00", "2019-05": "120.00"}
    assert moved["UnbilledAccountsReceivable"] == {"2019-04": "10.00", "2019-05": "-10.00"}


def test_a_deleted_charge_gives_back_what_it_had_earned() -> None:
    # 30.00 over 30 days from 21 April: 10 days earned in April, 9 in May before the 10th.
    item = pending_item("test:ii_1", "2019-04-21", "30.00", "2019-04-21", "2019-05-21")
    moved = changes(run([*item, *deleted("test:ii_1", "2019-05-10")], "2019-06-30")["journal"])
    assert moved["Revenue"] == {"2019-04": "10.00", "2019-05": "9.00"}
    assert moved["UnbilledVoids"] == {"2019-05": "19.00"}
    assert moved["UnbilledAccountsReceivable"] == {"2019-04": "10.00", "2019-05": "-10.00"}


def test_a_deleted_credit_books_the_mirror_image() -> None:
    item = pending_item("test:ii_1", "2019-04-21", "-30.00", "2019-04-21", "2019-05-21")
    moved = changes(run([*item, *deleted("test:ii_1", "2019-05-10")], "2019-06-30")["journal"])
    assert moved["UnbilledVoids"] == {"2019-05": "-19.00"}
    assert moved["UnbilledAccountsReceivable"] == {"2019-04": "-10.00", "2019-05": "10.00"}


def test_a_charge_of_earlier_service_is_caught_up_when_it_is_made() -> None:
    # Made on 5 May for 21 April to 21 May: 10 days of April and 11 of May by 11 May; all of April posts in May.
    item = pending_item("test:ii_1", "2019-05-05", "30.00", "2019-04-21", "2019-05-21")
    journal = run(item, "2019-05-31")["journal"]
    assert changes(journal)["Revenue"] == {"2019-05": "30.00"}
    assert sorted(journal.filter(account="Revenue").get_column("service_period").dt.month().to_list()) == [4, 5]


@pytest.mark.parametrize(
    ("choice", "proration", "earned"),
    [("prorations", True, True), ("prorations", False, False), ("all", False, True), ("none", True, False)],
)
def test_the_policy_says_what_is_earned_unbilled(choice: str, proration: bool, earned: bool) -> None:
    item = pending_item("test:ii_1", *OVER[:1], "40.00", *OVER)
    told = [(table, row | ({"proration": proration} if table == "document_lines" else {})) for table, row in item]
    moved = changes(run([policy("unbilled_items", choice), *told], "2019-04-30")["journal"])
    assert ("Revenue" in moved) is earned


@pytest.mark.parametrize(("status", "earned"), [("draft", True), ("open", False), (None, False)])
def test_a_charge_that_names_its_invoice_waits_while_that_is_a_draft(status: str | None, earned: bool) -> None:
    """An item that was exported long after it was billed must not be earned again because its invoice is not here."""
    item = pending_item("test:ii_1", "2019-04-21", "40.00", *OVER)
    named = {"relation": "names", "reference_kind": "billed_by", "reference": "test:in_9"}
    told = [*item, fact("external_references", "test:ii_1", "2019-04-21", object_kind="document", **named)]
    if status:
        told.append(
            fact("documents", "test:in_9", "2019-04-22", kind="invoice", status=status, currency="USD", total=Decimal(0))
        )
    assert ("Revenue" in changes(run(told, "2019-04-30")["journal"])) is earned


def test_a_changed_charge_counts_as_it_was_last_told() -> None:
    changed = pending_item("test:ii_1", "2019-04-25", "45.00", *OVER)
    moved = changes(run([*pending_item("test:ii_1", "2019-04-21", "40.00", *OVER), *changed], "2019-04-30")["journal"])
    assert moved["Revenue"] == {"2019-04": "45.00"}


def test_the_receivable_of_a_deleted_foreign_charge_is_nothing_in_both_currencies() -> None:
    rates = [
        rate("EUR", "USD", day, value)
        for day, value in (("2019-04-21", "1.10"), ("2019-04-30", "1.20"), ("2019-05-10", "1.30"))
    ]
    item = pending_item("test:ii_1", "2019-04-21", "30.00", "2019-04-21", "2019-05-21", currency="EUR")
    facts = [entity(), *rates, *item]
    journal = run([*facts, *deleted("test:ii_1", "2019-05-10", currency="EUR")], "2019-06-30")["journal"]
    unbilled = journal.filter(account="UnbilledAccountsReceivable")
    assert unbilled.get_column("amount").sum() == unbilled.get_column("functional_amount").sum() == 0


def test_shards_post_the_same() -> None:
    told = frames([*UPGRADE, *BILLED, *pending_item("test:ii_3", "2019-05-05", "9.00", "2019-05-05", "2019-06-05")])
    one = in_one(told, "2019-05-31")
    assert one.height
    assert in_shards(told, "2019-05-31", 5).equals(one)


def test_what_waits_is_among_the_obligations_and_the_schedule() -> None:
    books = run(UPGRADE, "2019-04-30")
    assert sorted(books["obligations"].get_column("obligation_id")) == ["test:ii_1", "test:ii_2", "test:in_1:il_1"]
    waiting = books["recognition_schedule"].filter(obligation_id="test:ii_2")
    assert (waiting.get_column("amount").sum(), waiting.get_column("deferred_after").sum()) == (40, 0)
