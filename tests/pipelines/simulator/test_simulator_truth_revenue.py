"""The truth about revenue on cases small enough to work out by hand, among them Stripe's published ones."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pipelines.simulator.documents import Charge, CreditNote, Dispute, Invoice, Line, Refund
from pipelines.simulator.goods import Price, Product
from pipelines.simulator.parties import Customer, PaymentMethod
from pipelines.simulator.truth_revenue import balance_at, revenue_by_month, share_of_lines

JAN, FEB, MAR, APR = date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31), date(2019, 4, 30)
PRODUCT = Product("prod_1", "Plan", "", None, 0)
PRICE = Price("price_1", PRODUCT, "USD", 9_000, "month", False, 0)
CARD = PaymentMethod("pm_1", "card", "visa", "4242", 1, 2030, "F")


def at(day: date, hour: int = 0) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp())


def line(amount: int, start: date, end: date, *, tax: int = 0, inclusive: bool = False) -> Line:
    return Line("il", PRICE, 1, amount, at(start), at(end), "", "si", None, tax=tax, tax_inclusive=inclusive)


def invoice(booked: date, *lines: Line) -> Invoice:
    customer = Customer("cus_1", "A", "a@example.com", "US", "USD", None, CARD, False, 0, "A")
    bill = Invoice("in_1", customer, None, "manual", at(booked), at(booked), at(booked), list(lines), None, status="open")
    bill.finalized_at = at(booked)
    return bill


def pay(bill: Invoice, day: date) -> Charge:
    charge = Charge("ch_1", bill, bill.amount_remaining, at(day, 1), CARD, None)
    bill.charges.append(charge)
    return charge


def refund(charge: Charge, amount: int, day: date, status: str = "succeeded") -> None:
    charge.refunds.append(Refund(f"re_{len(charge.refunds)}", charge, amount, at(day, 2), status, None, "txn"))


def three_months() -> Invoice:
    """90 USD for January to March: 31, 28 and 31 days at one dollar a day."""
    return invoice(date(2019, 1, 1), line(9_000, date(2019, 1, 1), date(2019, 4, 1)))


def recognised(bill: Invoice, *month_ends: date) -> list[int]:
    """Net revenue of each month."""
    to_date = [balance.recognised for balance in revenue_by_month([bill], list(month_ends))["USD"]]
    return [after - before for before, after in zip([0, *to_date], to_date, strict=False)]


def test_straight_line_by_day() -> None:
    assert recognised(three_months(), JAN, FEB, MAR) == [3_100, 2_800, 3_100]
    assert balance_at(three_months(), JAN).deferred == 5_900  # 90 - 31


def test_partial_refund_unwinds_both_parts_in_proportion() -> None:
    bill = three_months()
    refund(pay(bill, date(2019, 1, 1)), 900, date(2019, 2, 1))
    # A tenth back: 3.10 of what was recognised, 5.90 of what was deferred; then 28 and 31 days at 0.90.
    assert recognised(bill, JAN, FEB, MAR) == [3_100, 2_520 - 310, 2_790]
    assert balance_at(bill, FEB).deferred == 2_790


def test_full_refund() -> None:
    bill = three_months()
    refund(pay(bill, date(2019, 1, 1)), 9_000, date(2019, 2, 1))
    assert recognised(bill, JAN, FEB, MAR) == [3_100, -3_100, 0]
    assert balance_at(bill, FEB).deferred == 0


def test_refund_on_the_last_day_of_the_month_takes_that_day_from_revenue() -> None:
    bill = three_months()
    refund(pay(bill, date(2019, 1, 1)), 9_000, date(2019, 1, 31))
    assert recognised(bill, JAN, FEB) == [0, 0]


def test_a_refund_that_fails_or_is_pending_takes_nothing_back() -> None:
    bill = three_months()
    charge = pay(bill, date(2019, 1, 1))
    refund(charge, 9_000, date(2019, 2, 1), "failed")
    refund(charge, 9_000, date(2019, 2, 1), "pending")
    assert recognised(bill, JAN, FEB, MAR) == [3_100, 2_800, 3_100]


def test_void_and_write_off_clear_what_is_unpaid() -> None:
    voided, written_off = three_months(), three_months()
    voided.voided_at = written_off.uncollectible_at = at(date(2019, 2, 1))
    assert recognised(voided, JAN, FEB, MAR) == recognised(written_off, JAN, FEB, MAR) == [3_100, -3_100, 0]


def test_bad_debt_that_is_paid_gives_back_what_had_been_recognised() -> None:
    bill = three_months()
    bill.uncollectible_at = at(date(2019, 2, 1))
    pay(bill, date(2019, 4, 1))
    # 31 return from bad debt; the 59 never recognised are a gain outside revenue.
    assert recognised(bill, JAN, FEB, MAR, APR) == [3_100, -3_100, 0, 3_100]


def test_credit_note_before_payment() -> None:
    bill = three_months()
    bill.credit_notes.append(CreditNote("cn_1", bill, "1", at(date(2019, 2, 1)), 4_500, "", True))
    # Half of 31 goes to credit notes; half a dollar a day from then on.
    assert recognised(bill, JAN, FEB, MAR) == [3_100, 1_400 - 1_550, 1_550]
    bill.credit_notes[0].voided_at = at(date(2019, 2, 3))
    assert recognised(bill, JAN, FEB, MAR) == [3_100, 2_800, 3_100]


def test_credit_note_refunded_in_cash_counts_once() -> None:
    bill = three_months()
    charge = pay(bill, date(2019, 1, 1))
    refund(charge, 3_000, date(2019, 2, 1))
    note = CreditNote("cn_1", bill, "1", at(date(2019, 2, 1), 3), 4_500, "", False, refund=charge.refunds[0])
    bill.credit_notes.append(note)
    assert balance_at(bill, FEB).taken_back == 4_500
    assert recognised(bill, JAN, FEB, MAR) == [3_100, 1_400 - 1_550, 1_550]


def test_write_off_after_a_credit_note_is_the_rest() -> None:
    bill = three_months()
    bill.credit_notes.append(CreditNote("cn_1", bill, "1", at(date(2019, 1, 10)), 4_500, "", True))
    bill.uncollectible_at = at(date(2019, 3, 1))
    assert balance_at(bill, MAR).taken_back == 9_000
    # January and February at half: 15.50 and 14.00; on 1 March the 29.50 earned so far turn into bad debt.
    assert recognised(bill, JAN, FEB, MAR) == [1_550, 1_400, -2_950]


def test_disputes_count_once_money_is_withdrawn_and_no_more_than_the_invoice() -> None:
    bill = three_months()
    charge = pay(bill, date(2019, 1, 1))
    charge.dispute = Dispute("dp_1", charge, 9_000, at(date(2019, 2, 1), 5), "warning_closed", "general", "txn")
    assert recognised(bill, JAN, FEB) == [3_100, 2_800]
    charge.dispute.status = "won"
    assert recognised(bill, JAN, FEB) == [3_100, -3_100]
    refund(charge, 4_000, date(2019, 2, 1))  # 40 refunded and then 90 disputed: 40 of them are a loss, not revenue.
    assert balance_at(bill, FEB).taken_back == 9_000
    assert recognised(bill, JAN, FEB) == [3_100, -3_100]


def test_upgrade_with_proration_billed_on_the_next_invoice() -> None:
    april = invoice(date(2019, 4, 1), line(9_000, date(2019, 4, 1), date(2019, 5, 1)))
    may = invoice(
        date(2019, 5, 1),
        line(-3_000, date(2019, 4, 21), date(2019, 5, 1)),
        line(4_000, date(2019, 4, 21), date(2019, 5, 1)),
        line(12_000, date(2019, 5, 1), date(2019, 6, 1)),
    )
    # Service of April billed in May is revenue of May: 40 - 30 + 120.
    assert recognised(april, APR, date(2019, 5, 31)) == [9_000, 0]
    assert recognised(may, APR, date(2019, 5, 31)) == [0, 13_000]


def test_upgrade_billed_at_once() -> None:
    upgrade = invoice(
        date(2019, 4, 21),
        line(-3_000, date(2019, 4, 21), date(2019, 5, 1)),
        line(4_000, date(2019, 4, 21), date(2019, 5, 1)),
    )
    assert recognised(upgrade, APR, date(2019, 5, 31)) == [1_000, 0]  # With the 90 of April: 100.


def test_a_point_in_time_is_revenue_on_the_day_it_is_booked() -> None:
    fee = invoice(date(2019, 1, 31), line(5_000, date(2019, 1, 31), date(2019, 1, 31)))
    assert recognised(fee, JAN) == [5_000]


def test_tax_bears_its_part_of_a_refund() -> None:
    bill = invoice(
        date(2019, 1, 1),
        line(6_000, date(2019, 1, 1), date(2019, 1, 1), tax=1_500),
        line(4_000, date(2019, 1, 1), date(2019, 1, 1), tax=1_000),
    )
    # 25 of 125 back: 12 and 8 of the lines, 5 of the tax.
    assert share_of_lines(bill, 2_500) == [1_200, 800]
    inclusive = invoice(date(2019, 1, 1), line(11_000, date(2019, 1, 1), date(2019, 1, 1), tax=1_000, inclusive=True))
    assert recognised(inclusive, JAN) == [10_000]
    assert share_of_lines(inclusive, 1_100) == [1_000]


def test_halves_round_to_even() -> None:
    bill = invoice(date(2019, 1, 1), line(5, date(2019, 1, 31), date(2019, 2, 2)))
    assert balance_at(bill, JAN).deferred == 2  # 5 * 1 / 2 = 2.5
    bill = invoice(date(2019, 1, 1), line(7, date(2019, 1, 31), date(2019, 2, 2)))
    assert balance_at(bill, JAN).deferred == 4  # 7 * 1 / 2 = 3.5


def test_drafts_are_nothing() -> None:
    bill = three_months()
    bill.finalized_at = None
    assert revenue_by_month([bill], [JAN]) == {}
