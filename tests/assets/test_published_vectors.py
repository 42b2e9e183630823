"""Worked examples that vendors published, of the topics that the rules cover."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.assets.revenue_facts import Row, after, cash, changes, credit_note, fact, invoice, run

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "revenue_vectors.json"

pytestmark = pytest.mark.skipif(not VECTORS.exists(), reason=f"the published vectors are not beside the project: {VECTORS}")


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(v for v in json.loads(VECTORS.read_text())["vectors"] if v["id"] == name)
    return found


def of_service(name: str, issued_by: str = "service_start") -> list[Row]:
    """The invoice of a vector with one amount over one service period."""
    given = vector(name)["inputs"]
    end = given.get("service_end_exclusive") or after(given["service_end_inclusive"])
    issued = given.get("invoice_finalized", given[issued_by])[:10]
    return invoice("in_1", issued, [(given["amount"], given["service_start"][:10], end[:10])])


def payment(day: str, amount: str) -> Row:
    return cash("payment", "ch_1", day, amount, document_id="in_1")


def assert_accounts(name: str, rows: list[Row], *, without: tuple[str, ...] = ()) -> None:
    """Every account that the vector prints changes as printed."""
    expected = vector(name)["expected"]["account_changes"]
    found = changes(run(rows)["journal"])
    for account, by_month in expected.items():
        if account not in without:
            assert found.get(account, {}) == by_month, account


@pytest.mark.parametrize("name", ["stripe-ratable-monthly-midmonth", "stripe-catchup-enabled"])
def test_ratable_and_paid(name: str) -> None:
    given = vector(name)["inputs"]
    assert_accounts(name, [*of_service(name), payment(given["paid"], given["amount"])])


def test_cancellation_without_refund_changes_nothing() -> None:
    assert_accounts("stripe-cancel-no-refund", of_service("stripe-cancel-no-refund"))


def test_month_even() -> None:
    name = "stripe-granularity-month-even"
    policy = fact("policies", "p", "2020-01-01", scope="*", name="recognition_method", adoption="new_contracts")
    policy[1].update(value="straight_line_monthly", effective_from=policy[1]["effective_at"])
    assert_accounts(name, [*of_service(name), payment("2024-06-15", "120.00"), policy])


@pytest.mark.parametrize("name", ["stripe-refund-full", "stripe-refund-partial"])
def test_refund(name: str) -> None:
    given = vector(name)["inputs"]
    refund = cash("refund", "re_1", *given["refund"], payment_id="ch_1")
    assert_accounts(name, [*of_service(name), payment(given["paid"], given["amount"]), refund])


def test_refund_of_what_was_recognised_at_once() -> None:
    name = "stripe-refund-standalone-payment"
    given = vector(name)["inputs"]
    sold = invoice("in_1", given["paid"], [(given["one_time_payment"], None, None)])
    refund = cash("refund", "re_1", *given["refund"], payment_id="ch_1")
    assert_accounts(name, [*sold, payment(given["paid"], given["one_time_payment"]), refund])


def closed(name: str, **columns: Any) -> list[Row]:
    given = vector(name)["inputs"]
    line = (given["amount"], given["service_start"], after(given["service_end_inclusive"]))
    return invoice("in_1", given["service_start"], [line], at="2019-06-01", **columns)


def test_void() -> None:
    assert_accounts("stripe-void", closed("stripe-void", status="void", voided_at="2019-02-01"))


def test_uncollectible() -> None:
    written_off = {"status": "uncollectible", "uncollectible_at": "2019-02-01"}
    assert_accounts("stripe-uncollectible", closed("stripe-uncollectible", **written_off))


def test_uncollectible_then_void() -> None:
    name = "stripe-uncollectible-then-void"
    columns = {"status": "void", "uncollectible_at": "2019-02-01", "voided_at": "2019-04-01"}
    assert_accounts(name, closed(name, **columns))


def test_uncollectible_then_paid_then_disputed() -> None:
    name = "stripe-uncollectible-paid-disputed"
    given = vector(name)["inputs"]
    written_off = closed(name, status="paid", uncollectible_at=given["uncollectible"])
    dispute = cash("dispute", "dp_1", given["disputed"], "90.00", payment_id="ch_1")
    assert_accounts(name, [*written_off, payment(given["paid"], "90.00"), dispute])


def test_credit_note_on_an_unpaid_invoice() -> None:
    name = "stripe-credit-note-unpaid"
    day, total = vector(name)["inputs"]["credit_note"]
    assert_accounts(name, [*of_service(name), credit_note("cn_1", day, "in_1", total)])


def test_credit_note_after_payment() -> None:
    """The source splits the contra 5.10 / 10.40 where 5.17 / 10.33 is pro rata; the sum is what must be exact."""
    name = "stripe-credit-note-after-payment"
    note = credit_note("cn_1", "2019-02-01", "in_1", "45.00", amount_paid=Decimal("15.00"))
    refund = cash("refund", "re_1", "2019-02-01", "15.00", payment_id="ch_1")
    rows = [*of_service(name), payment("2019-01-01", "90.00"), note, refund]
    assert_accounts(name, rows, without=("Refunds", "CreditNotes", "CustomerBalance", "ExternalCustomerBalance"))
    found = changes(run(rows)["journal"])
    assert found["CustomerBalance"] == {"2019-02": "30.00"}  # 10 to the customer's balance + 20 to an external one
    assert Decimal(found["Refunds"]["2019-02"]) + Decimal(found["CreditNotes"]["2019-02"]) == Decimal("15.50")
    assert abs(Decimal(found["Refunds"]["2019-02"]) - Decimal("5.10")) <= Decimal("0.07")


def test_refund_of_taxed_lines_is_spread_over_lines_and_tax() -> None:
    name = "stripe-tax-refund-allocation"
    given, expected = vector(name)["inputs"], vector(name)["expected"]
    sold = invoice("in_1", "2024-01-01", [(amount, None, None) for amount in given["lines"]], total="125.00")
    refund = cash("refund", "re_1", "2024-02-01", given["refund_total"], payment_id="ch_1")
    books = run([*sold, payment("2024-01-01", "125.00"), refund])
    assert changes(books["journal"])["TaxLiability"]["2024-02"] == "-" + expected["net_tax_refunded"]
    returned = books["obligations"].sort("obligation_id").get_column("returned_amount").to_list()
    assert returned == [Decimal(line["refund"]) - Decimal(line["tax"]) for line in expected["by_line"]]


def test_tax_is_never_revenue() -> None:
    rows = [*invoice("in_1", "2024-01-01", [("31.00", None, None)], total="34.10"), payment("2024-01-01", "34.10")]
    expected = vector("stripe-tax-exclusive")["expected"]["account_changes"]
    found = changes(run(rows)["journal"])
    assert {account: {"M1": found[account]["2024-01"]} for account in expected} == expected


def test_line_without_a_period_is_recognised_at_once() -> None:
    name = "stripe-line-without-period"
    given = vector(name)["inputs"]
    lines = [
        (line["amount"], line["service_start"], after(line["service_end_inclusive"]) if line["service_start"] else None)
        for line in given["lines"]
    ]
    expected = vector(name)["expected"]["account_changes"]
    found = changes(run(invoice("in_1", given["finalized"], lines))["journal"])
    assert {account: {"2026-01": found[account]["2026-01"]} for account in expected} == expected


def test_waterfall_of_a_line_whose_service_begins_later() -> None:
    given = vector("stripe-waterfall-simple")["inputs"]
    line = (given["amount"], given["service_start"], after(given["service_end_inclusive"]))
    found = changes(run(invoice("in_1", given["finalized"], [line]), given["as_of"])["journal"])
    assert found["Revenue"] == vector("stripe-waterfall-simple")["expected"]["recognized"]["2025-07"]
