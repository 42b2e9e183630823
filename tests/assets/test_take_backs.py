"""What is taken back of an invoice: shares of lines, the cap, the order, losses and recoveries."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.assets.revenue_facts import Row, cash, changes, credit_note, invoice, run

# 91 days: January 31, February 29, March 31.
QUARTER = ("2024-01-01", "2024-04-01")


def refund(name: str, at: str, amount: str) -> Row:
    return cash("refund", name, at, amount, payment_id="ch_1")


def billed(*amounts: str, total: str | None = None, **columns: str) -> list[Row]:
    return invoice("in_1", "2024-01-01", [(amount, *QUARTER) for amount in amounts], total=total, **columns)


def paid(amount: str, at: str = "2024-01-01") -> Row:
    return cash("payment", "ch_1", at, amount, document_id="in_1")


def returned(rows: list[Row]) -> list[Decimal]:
    return run(rows)["obligations"].sort("obligation_id").get_column("returned_amount").to_list()


def test_shares_follow_the_lines_by_cumulative_rounding() -> None:
    rows = [*billed("10.00", "10.00", "10.00"), paid("30.00"), refund("re_1", "2024-02-01", "10.00")]
    # 3.333 -> 3.33 | 6.667 -> 6.67 | 10
    assert returned(rows) == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]


def test_refunds_that_add_up_to_the_whole_return_every_line_whole() -> None:
    refunds = [refund(f"re_{n}", f"2024-02-0{n}", "10.00") for n in (1, 2, 3)]
    assert returned([*billed("9.99", "10.01", "10.00"), paid("30.00"), *refunds]) == [
        Decimal("9.99"),
        Decimal("10.01"),
        Decimal("10.00"),
    ]


def test_a_negative_line_is_given_back_negative() -> None:
    rows = [*billed("40.00", "-10.00"), paid("30.00"), refund("re_1", "2024-02-01", "15.00")]
    assert returned(rows) == [Decimal("20.00"), Decimal("-5.00")]
    found = changes(run(rows)["journal"])
    assert found["Refunds"]["2024-02"] == "5.11"  # half of what was recognised: 30 * 31/91 / 2


def test_tax_is_taken_back_in_proportion() -> None:
    rows = [*billed("100.00", total="120.00"), paid("120.00"), refund("re_1", "2024-04-01", "60.00")]
    found = changes(run(rows)["journal"])
    assert found["TaxLiability"] == {"2024-01": "20.00", "2024-04": "-10.00"}
    assert found["Refunds"] == {"2024-04": "50.00"}


def test_before_the_service_begins_a_refund_is_no_contra_revenue() -> None:
    early = invoice("in_1", "2023-12-15", [("91.00", *QUARTER)])
    found = changes(run([*early, paid("91.00", "2023-12-15"), refund("re_1", "2023-12-20", "91.00")])["journal"])
    assert "Refunds" not in found
    assert "DeferredRevenue" not in found  # deferred and released within December


def test_what_exceeds_the_invoice_is_a_loss_and_touches_no_revenue() -> None:
    rows = [
        *billed("91.00"),
        paid("91.00"),
        credit_note("cn_1", "2024-02-01", "in_1", "61.00"),
        refund("re_1", "2024-03-01", "50.00"),
    ]
    found = changes(run(rows)["journal"])
    assert found["OtherLoss"] == {"2024-03": "20.00"}  # 61 + 50 - 91
    assert returned(rows) == [Decimal("91.00")]
    assert found["CustomerBalance"] == {"2024-02": "61.00"}


def test_a_credit_note_lowers_the_receivable_only_by_what_is_open() -> None:
    rows = [*billed("91.00"), paid("60.00"), credit_note("cn_1", "2024-02-01", "in_1", "41.00")]
    found = changes(run(rows)["journal"])
    assert found["AccountsReceivable"] == {"2024-01": "31.00", "2024-02": "-31.00"}
    assert found["CustomerBalance"] == {"2024-02": "10.00"}


def test_a_voided_credit_note_does_not_count() -> None:
    note = credit_note("cn_1", "2024-02-01", "in_1", "41.00", status="void")
    assert "CreditNotes" not in changes(run([*billed("91.00"), note])["journal"])


def test_a_void_takes_back_what_is_unpaid() -> None:
    voided = billed("91.00", status="void", voided_at="2024-02-01", at="2024-02-01")
    rows = [*voided, credit_note("cn_1", "2024-01-15", "in_1", "21.00"), paid("30.00")]
    found = changes(run(rows)["journal"])
    assert found["AccountsReceivable"] == {"2024-01": "40.00", "2024-02": "-40.00"}  # 91 - 30 - 21
    assert returned(rows) == [Decimal("61.00")]


def test_a_void_of_an_invoice_whose_credits_equal_its_charges_takes_back_every_line() -> None:
    rows = billed("50.00", "-50.00", status="void", voided_at="2024-02-01", at="2024-02-01")
    assert returned(rows) == [Decimal("50.00"), Decimal("-50.00")]


def test_a_void_of_a_credit_invoice_takes_it_back() -> None:
    rows = billed("-50.00", status="void", voided_at="2024-02-01", at="2024-02-01")
    assert returned(rows) == [Decimal("-50.00")]
    assert changes(run(rows)["journal"])["AccountsReceivable"] == {"2024-01": "-50.00", "2024-02": "50.00"}


WRITTEN_OFF = {"status": "uncollectible", "uncollectible_at": "2024-02-01", "at": "2024-02-01"}


def test_a_partial_recovery_gives_back_bad_debt_in_proportion() -> None:
    rows = [*billed("91.00", **WRITTEN_OFF), paid("45.50", "2024-05-01")]
    found = changes(run(rows)["journal"])
    assert found["BadDebt"] == {"2024-02": "31.00", "2024-05": "-15.50"}  # half of 31
    assert found["Recoverables"] == {"2024-05": "30.00"}  # 45.50 - 15.50
    assert returned(rows) == [Decimal("75.50")]  # 91 - 15.50


def test_money_recovered_and_lost_again_reverses_the_recovery_before_it_is_a_loss() -> None:
    rows = [
        *billed("91.00", **WRITTEN_OFF),
        paid("45.50", "2024-05-01"),
        cash("dispute", "dp_1", "2024-06-01", "50.00", payment_id="ch_1"),
    ]
    found = changes(run(rows)["journal"])
    assert found["Disputes"] == {"2024-06": "15.50"}
    assert found["Recoverables"] == {"2024-05": "30.00", "2024-06": "-30.00"}
    assert found["OtherLoss"] == {"2024-06": "4.50"}  # 50 - 45.50
    assert returned(rows) == [Decimal("91.00")]


def test_a_dispute_won_is_a_gain() -> None:
    rows = [
        *billed("91.00"),
        paid("91.00"),
        cash("dispute", "dp_1", "2024-02-01", "91.00", payment_id="ch_1"),
        cash("dispute_reversal", "dp_1:reversal", "2024-03-01", "91.00", payment_id="ch_1"),
    ]
    found = changes(run(rows)["journal"])
    assert found["Recoverables"] == {"2024-03": "91.00"}
    assert found["Disputes"] == {"2024-02": "31.00"}


@pytest.mark.parametrize("status", ["pending", "failed", "canceled"])
def test_cash_that_did_not_move_is_nothing(status: str) -> None:
    attempt = cash("refund", "re_1", "2024-02-01", "10.00", payment_id="ch_1", status=status)
    assert "Refunds" not in changes(run([*billed("91.00"), paid("91.00"), attempt])["journal"])


def test_a_refund_before_the_invoice_is_booked_counts_on_the_day_it_is() -> None:
    late = invoice("in_1", "2024-02-10", [("91.00", *QUARTER)])
    found = changes(run([*late, paid("91.00"), refund("re_1", "2024-01-20", "91.00")])["journal"])
    assert found["Refunds"] == {"2024-02": "40.00"}  # 31 January + 9 February days are past on the 10th
    assert found["Cash"] == {"2024-01": "91.00", "2024-02": "-91.00"}
