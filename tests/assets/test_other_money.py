"""Fees, credit balances, payments out of band, excluded documents and entries that people make."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from tests.assets.revenue_facts import Row, cash, changes, fact, invoice, run

QUARTER = ("2024-01-01", "2024-04-01")
BILLED = invoice("in_1", "2024-01-01", [("91.00", *QUARTER)])
PAID = cash("payment", "ch_1", "2024-01-02", "91.00", document_id="in_1")


def balance(direction: str, name: str, day: str, amount: str) -> Row:
    """A credit balance that paid a part of in_1 (in), or that an earlier debt was taken over from (out)."""
    return cash("customer_balance", name, day, amount, document_id="in_1", direction=direction)


def test_a_fee_is_an_expense_and_revenue_is_gross() -> None:
    fees = [
        cash("fee", "fee_1", "2024-01-02", "2.94", direction="out", document_id="in_1"),
        cash("fee", "fee_2", "2024-02-02", "1.00", direction="in"),
    ]
    found = changes(run([*BILLED, PAID, *fees])["journal"])
    assert found["Fees"] == {"2024-01": "2.94", "2024-02": "-1.00"}
    assert found["Cash"] == {"2024-01": "88.06", "2024-02": "1.00"}
    assert found["Revenue"]["2024-01"] == "31.00"


def test_what_arrives_short_of_its_payment_was_paid_out_less_a_fee() -> None:
    short = cash(
        "payment",
        "ch_1",
        "2024-01-02",
        "91.00",
        document_id="in_1",
        settlement_amount=Decimal("88.06"),
        settlement_currency="USD",
    )
    assert changes(run([*BILLED, short])["journal"])["Fees"] == {"2024-01": "2.94"}
    told = cash("fee", "fee_1", "2024-01-02", "2.94", direction="out", payment_id="ch_1")
    assert changes(run([*BILLED, short, told])["journal"])["Fees"] == {"2024-01": "2.94"}


def test_tax_that_another_remits_is_no_longer_owed() -> None:
    taxed = invoice("in_1", "2024-01-01", [("91.00", *QUARTER)], total="100.10")
    kept = cash("tax_remitted", "t_1", "2024-01-02", "9.10", direction="out", document_id="in_1")
    found = changes(run([*taxed, kept])["journal"])
    assert "TaxLiability" not in found
    assert found["Cash"] == {"2024-01": "-9.10"}


def test_a_credit_balance_is_a_payment_and_no_discount() -> None:
    rest = cash("payment", "ch_1", "2024-02-09", "80.00", document_id="in_1")
    found = changes(run([*BILLED, balance("in", "b_1", "2024-01-01", "11.00"), rest])["journal"])
    assert found["CustomerBalance"] == {"2024-01": "-11.00"}
    assert found["AccountsReceivable"] == {"2024-01": "80.00", "2024-02": "-80.00"}
    assert found["Cash"] == {"2024-02": "80.00"}
    assert sum(map(Decimal, found["Revenue"].values())) == Decimal("91.00")


def test_a_debt_of_before_that_is_given_up_is_no_bad_debt() -> None:
    closed = invoice(
        "in_1", "2024-01-01", [("91.00", *QUARTER)], status="uncollectible", uncollectible_at="2024-02-01", at="2024-02-01"
    )
    found = changes(run([*closed, balance("out", "b_1", "2024-01-01", "10.00")])["journal"])
    assert found["AccountsReceivable"] == {"2024-01": "101.00", "2024-02": "-101.00"}
    assert found["BadDebt"] == {"2024-02": "31.00"}
    assert found["CustomerBalance"] == {"2024-01": "10.00"}
    assert found["Recoverables"] == {"2024-02": "-10.00"}


def test_a_debt_of_before_goes_back_to_the_balance_when_its_invoice_is_void() -> None:
    closed = invoice("in_1", "2024-01-01", [("91.00", *QUARTER)], status="void", voided_at="2024-02-01", at="2024-02-01")
    found = changes(run([*closed, balance("out", "b_1", "2024-01-01", "10.00")])["journal"])
    assert found["AccountsReceivable"] == {"2024-01": "101.00", "2024-02": "-101.00"}
    assert found["CustomerBalance"] == {"2024-01": "10.00", "2024-02": "-10.00"}


def test_what_is_paid_out_of_band_is_an_asset_elsewhere() -> None:
    part = cash("payment", "ch_1", "2024-01-02", "20.00", document_id="in_1")
    outside = {"status": "paid", "paid_out_of_band": True, "paid_at": "2024-02-05", "at": "2024-02-05"}
    found = changes(run([*invoice("in_1", "2024-01-01", [("91.00", *QUARTER)], **outside), part])["journal"])
    assert found["ExternalAsset"] == {"2024-02": "71.00"}
    assert found["AccountsReceivable"] == {"2024-01": "71.00", "2024-02": "-71.00"}


def excluded(day: str) -> Row:
    return fact("document_events", "x_1", day, document_id="in_1", kind="excluded", reason="a test")


def test_excluding_what_was_paid_turns_its_revenue_into_a_gain() -> None:
    books = run([*BILLED, PAID, excluded("2024-02-01")])
    found = changes(books["journal"])
    assert found["Revenue"] == {"2024-01": "31.00", "2024-02": "-31.00"}
    assert found["DeferredRevenue"] == {"2024-01": "60.00", "2024-02": "-60.00"}
    assert found["Exclusion"] == {"2024-02": "91.00"}
    [obligation] = books["obligations"].to_dicts()
    assert obligation["returned_amount"] == Decimal(91)
    february = books["deferred_rollforward"].sort("accounting_period").to_dicts()[1]
    assert (february["excluded"], february["closing"]) == (Decimal(-60), Decimal(0))


def test_excluding_what_was_not_paid_leaves_no_trace() -> None:
    assert run([*BILLED, excluded("2024-02-01")])["journal"].is_empty()


def entry(name: str, *legs: tuple[str, str], kind: str = "manual", day: str = "2024-01-31", **columns: Any) -> list[Row]:
    told = {"entry_id": name, "kind": kind, "line_count": len(legs), "currency": "USD", "reason": "r"}
    told |= {"preparer": "ann", "approver": "bob"} | columns
    posted_on = pl.Series([day]).str.to_date().item()
    return [
        fact(
            "manual_entries",
            f"{name}:{n}",
            day,
            posted_on=posted_on,
            line_number=n,
            account=account,
            amount=Decimal(amount),
            **told,
        )
        for n, (account, amount) in enumerate(legs, start=1)
    ]


ACCRUAL = entry(
    "je_1",
    ("UnbilledAccountsReceivable", "50"),
    ("Revenue", "-50"),
    reverses_on=pl.Series(["2024-02-01"]).str.to_date().item(),
)


def test_an_accrual_is_posted_and_reverses_itself() -> None:
    journal = run(ACCRUAL, "2024-02-29")["journal"]
    assert changes(journal)["Revenue"] == {"2024-01": "50.00", "2024-02": "-50.00"}
    assert set(journal.get_column("event_kind")) == {"manual"}
    assert set(journal.get_column("event_id")) == {"je_1"}
    assert changes(run(ACCRUAL, "2024-01-31")["journal"])["Revenue"] == {"2024-01": "50.00"}


def test_an_entry_waits_until_it_is_whole_and_balances() -> None:
    uneven = entry("je_2", ("Cash", "50"), ("Revenue", "-49"))
    for rows in (ACCRUAL[:1], uneven):
        books = run(rows)
        assert books["journal"].is_empty()
        assert books["pending_facts"].get_column("table_name").unique().to_list() == ["manual_entries"]
    assert run(ACCRUAL[:1])["pending_facts"].get_column("waits_for").to_list() == ["je_1"]


def test_an_entry_of_one_book_is_not_in_the_other() -> None:
    stated = {"name": "A", "functional_currency": "USD", "time_zone": "UTC", "fiscal_calendar": "month"}
    both = fact("legal_entities", "default", "2020-01-01", books="us_gaap, ifrs", **stated)
    rows = [both, *BILLED, *entry("je_3", ("Cash", "5"), ("Revenue", "-5"), book="ifrs")]
    journal = run(rows)["journal"]
    assert journal.filter(event_kind="invoice").get_column("book").unique().sort().to_list() == ["ifrs", "us_gaap"]
    assert journal.filter(event_kind="manual").get_column("book").unique().to_list() == ["ifrs"]


def test_balances_are_taken_over_at_a_cut_over() -> None:
    legs = (("AccountsReceivable", "100"), ("DeferredRevenue", "-60"), ("OpeningBalance", "-40"))
    books = run(entry("ob_1", *legs, kind="opening", day="2023-12-31"), "2024-01-31")
    months = books["deferred_rollforward"].sort("accounting_period").select("taken_over", "closing").rows()
    assert months == [(Decimal(60), Decimal(60)), (Decimal(0), Decimal(60))]


CANCELLABLE = {"unconditional_at": "2024-03-31", "legal_entity_id": "default"}
SERVED = [("91.00", "2024-03-31", "2024-04-01")]


def test_an_invoice_that_the_customer_may_still_cancel_is_no_receivable() -> None:
    """ASC 606-10-55-284, Example 38 Case A: issued in January, paid on 1 March, transferred on 31 March."""
    sent = invoice("in_1", "2024-01-31", SERVED, **CANCELLABLE)
    assert run(sent, "2024-02-29")["journal"].is_empty()
    paid = invoice("in_1", "2024-01-31", SERVED, at="2024-03-01", status="paid", paid_at="2024-03-01", **CANCELLABLE)
    money = cash("payment", "ch_1", "2024-03-01", "91.00", document_id="in_1")
    journal = run([*sent, *paid, money])["journal"].sort("posted_on")
    owed = journal.filter(account="DeferredRevenue").select("posted_on", "amount").rows()
    assert [(f"{day:%m-%d}", amount) for day, amount in owed] == [("03-01", Decimal(-91)), ("03-31", Decimal(91))]
    assert changes(journal)["Revenue"] == {"2024-03": "91.00"}
    assert "AccountsReceivable" not in changes(journal)


def test_it_is_one_once_the_right_is_unconditional() -> None:
    sent = invoice("in_1", "2024-01-31", [("91.00", "2024-04-01", "2024-07-01")], **CANCELLABLE)
    assert changes(run(sent, "2024-03-31")["journal"])["AccountsReceivable"] == {"2024-03": "91.00"}
