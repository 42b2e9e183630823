"""Which payment settles which invoice, and what is taken back through it."""

from __future__ import annotations

from decimal import Decimal

from tests.assets.revenue_facts import Row, cash, changes, fact, invoice, run


def application(name: str, cash_id: str, document_id: str, amount: str) -> Row:
    stated = {"cash_id": cash_id, "document_id": document_id, "amount": Decimal(amount), "currency": "USD"}
    return fact("cash_applications", name, "2024-01-02", **stated)


BILLED = invoice("in_1", "2024-01-01", [("90.00", None, None)])
ALSO_BILLED = invoice("in_2", "2024-01-01", [("30.00", None, None)])
PAID = cash("payment", "ch_1", "2024-01-02", "90.00", payment_group_id="pi_1")


def test_three_ways_of_saying_the_same_count_once() -> None:
    mention = cash("payment", "ch_1", "2024-01-02", "90.00", payment_group_id="pi_1", document_id="in_1")
    by_charge = application("in_1:ch_1", "ch_1", "in_1", "90.00")
    by_intent = application("inpay_1", "pi_1", "in_1", "90.00")
    found = changes(run([*BILLED, mention, by_charge, by_intent])["journal"])
    assert found["Cash"] == {"2024-01": "90.00"}
    assert "AccountsReceivable" not in found


def test_a_failed_try_settles_nothing() -> None:
    failed = cash("payment", "ch_0", "2024-01-01", "90.00", payment_group_id="pi_1", status="failed")
    found = changes(run([*BILLED, failed, PAID, application("inpay_1", "pi_1", "in_1", "90.00")])["journal"])
    assert found["Cash"] == {"2024-01": "90.00"}


def test_a_payment_of_two_invoices_is_refunded_in_proportion() -> None:
    paid = cash("payment", "ch_1", "2024-01-02", "120.00")
    applied = [application("a1", "ch_1", "in_1", "90.00"), application("a2", "ch_1", "in_2", "30.00")]
    refund = cash("refund", "re_1", "2024-02-01", "40.00", payment_id="ch_1")
    books = run([*BILLED, *ALSO_BILLED, paid, *applied, refund])
    returned = books["obligations"].sort("obligation_id").get_column("returned_amount").to_list()
    assert returned == [Decimal(30), Decimal(10)]  # 40 * 90/120, 40 * 30/120


def test_what_no_invoice_claims_is_unapplied_and_refunded_from_there() -> None:
    paid = cash("payment", "ch_1", "2024-01-02", "100.00")
    refund = cash("refund", "re_1", "2024-02-01", "50.00", payment_id="ch_1")
    found = changes(run([*BILLED, paid, application("a1", "ch_1", "in_1", "90.00"), refund])["journal"])
    assert found["UnappliedCash"] == {"2024-01": "10.00", "2024-02": "-5.00"}  # 50 * 10/100
    assert found["Refunds"] == {"2024-02": "45.00"}  # 50 * 90/100


def test_applications_never_exceed_the_payment() -> None:
    paid = cash("payment", "ch_1", "2024-01-02", "100.00")
    applied = [application("a1", "ch_1", "in_1", "90.00"), application("a2", "ch_1", "in_2", "30.00")]
    found = changes(run([*BILLED, *ALSO_BILLED, paid, *applied])["journal"])
    assert found["AccountsReceivable"] == {"2024-01": "20.00"}  # 120 billed, 90 + 10 settled


def test_cash_in_another_currency_does_not_settle() -> None:
    paid = cash("payment", "ch_1", "2024-01-02", "90.00", currency="EUR", document_id="in_1")
    books = run([*BILLED, paid])
    assert changes(books["journal"], "EUR") == {"Cash": {"2024-01": "90.00"}, "UnappliedCash": {"2024-01": "90.00"}}
    assert changes(books["journal"])["AccountsReceivable"] == {"2024-01": "90.00"}
