"""The schedule of one line: by day, by month, at a point in time."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from tests.assets.revenue_facts import Row, cash, fact, invoice, moment, run


def policy(value: str, scope: str = "*", since: str = "2020-01-01", name: str = "p") -> Row:
    stated = {"name": "recognition_method", "adoption": "new_contracts", "effective_from": moment(since)}
    return fact("policies", name, since, scope=scope, value=value, **stated)


def schedule(rows: list[Row], as_of: str = "2029-12-31") -> list[tuple[str, str, str]]:
    """Service month, accounting month and amount."""
    frame = run(rows, as_of)["recognition_schedule"].sort("obligation_id", "service_period")
    columns = frame.select("service_period", "accounting_period", "amount").iter_rows()
    return [(f"{s:%Y-%m}", f"{a:%Y-%m}", f"{amount:.2f}") for s, a, amount in columns if amount]


def test_a_leap_year_by_day() -> None:
    months = schedule(invoice("in_1", "2024-01-01", [("366.00", "2024-01-01", "2025-01-01")]))
    assert [amount for _, _, amount in months[:3]] == ["31.00", "29.00", "31.00"]


def test_days_are_rounded_cumulatively() -> None:
    months = schedule(invoice("in_1", "2024-01-10", [("100.00", "2024-01-10", "2024-03-16")]))
    # 22, 29 and 15 of 66 days: 33.33 | 100 * 51/66 = 77.27 | 100
    assert [amount for _, _, amount in months] == ["33.33", "43.94", "22.73"]


def test_by_month_every_month_touched_is_equal_and_the_last_is_cut_off() -> None:
    rows = [policy("straight_line_monthly"), *invoice("in_1", "2024-01-15", [("100.00", "2024-01-15", "2024-04-15")])]
    assert schedule(rows) == [
        ("2024-01", "2024-01", "33.33"),
        ("2024-02", "2024-02", "33.34"),
        ("2024-03", "2024-03", "33.33"),
    ]


def test_by_month_there_is_at_least_one() -> None:
    rows = [policy("straight_line_monthly"), *invoice("in_1", "2024-01-05", [("100.00", "2024-01-05", "2024-01-20")])]
    assert schedule(rows) == [("2024-01", "2024-01", "100.00")]


def test_equal_months_count_every_month_touched_the_last_too() -> None:
    # OCA account_move_cutoff, readme/CONFIGURE.rst, "equal": 2258.06 / 3, the first month takes the odd cent.
    cents = policy("first_month", name="r")
    cents[1]["name"] = "schedule_rounding"
    rows = [policy("equal_months"), cents, *invoice("in_1", "2023-01-16", [("2258.06", "2023-01-08", "2023-03-16")])]
    assert schedule(rows) == [
        ("2023-01", "2023-01", "752.68"),
        ("2023-02", "2023-02", "752.69"),
        ("2023-03", "2023-03", "752.69"),
    ]


def test_an_equal_month_is_not_performed_before_it_ends() -> None:
    lines = invoice("in_1", "2023-01-08", [("90.00", "2023-01-08", "2023-03-16")])
    back = [
        cash("payment", "ch_1", "2023-01-08", "90.00", document_id="in_1"),
        cash("refund", "re_1", "2023-02-20", "90.00", payment_id="ch_1"),
    ]
    [taken] = run([policy("equal_months"), *lines, *back])["journal"].filter(account="Refunds").to_dicts()
    assert taken["amount"] == 30  # January alone was earned


def test_a_point_in_time_by_policy_ignores_the_service_period() -> None:
    rows = [policy("point_in_time"), *invoice("in_1", "2024-02-05", [("100.00", "2024-01-05", "2024-12-31")])]
    assert schedule(rows) == [("2024-02", "2024-02", "100.00")]
    [obligation] = run(rows)["obligations"].to_dicts()
    assert obligation["service_from"] == obligation["service_to"] == obligation["booked_on"]


def test_service_before_the_booking_is_caught_up_in_its_month() -> None:
    rows = invoice("in_1", "2024-11-01", [("92.00", "2024-10-01", "2025-01-01")])
    assert schedule(rows) == [
        ("2024-10", "2024-11", "31.00"),
        ("2024-11", "2024-11", "30.00"),
        ("2024-12", "2024-12", "31.00"),
    ]


def test_service_that_begins_after_the_booking_waits() -> None:
    rows = invoice("in_1", "2024-01-15", [("60.00", "2024-03-01", "2024-05-01")])
    assert schedule(rows) == [("2024-03", "2024-03", "30.49"), ("2024-04", "2024-04", "29.51")]  # 60 * 31/61


def test_a_service_that_ends_before_it_begins_is_a_point_in_time() -> None:
    assert schedule(invoice("in_1", "2024-01-15", [("60.00", "2024-03-01", "2024-02-01")])) == [
        ("2024-01", "2024-01", "60.00")
    ]


def test_a_negative_line_is_the_mirror_image() -> None:
    charge = schedule(invoice("in_1", "2024-01-10", [("100.00", "2024-01-10", "2024-03-16")]))
    credit = schedule(invoice("in_1", "2024-01-10", [("-100.00", "2024-01-10", "2024-03-16")]))
    assert [(s, a, f"-{amount}") for s, a, amount in charge] == credit


@pytest.mark.parametrize(("currency", "amount", "first"), [("JPY", "1000", "344"), ("KWD", "10.000", "3.444")])
def test_minor_units_of_the_currency(currency: str, amount: str, first: str) -> None:
    books = run(invoice("in_1", "2024-01-01", [(amount, "2024-01-01", "2024-03-31")], currency=currency))
    amounts = books["recognition_schedule"].sort("service_period").get_column("amount")
    assert amounts.to_list()[0] == Decimal(first)  # 31 of 90 days: 344.44, 3.4444
    assert amounts.sum() == Decimal(amount)


def test_the_accounting_day_is_the_entitys() -> None:
    entity = fact("legal_entities", "tokyo", "2020-01-01", name="K.K.", functional_currency="JPY", fiscal_calendar="month")
    entity[1].update(legal_entity_id="tokyo", time_zone="Asia/Tokyo")
    # 31 January 15:30 UTC is 1 February 00:30 in Tokyo.
    line = ("1000", "2024-01-31T15:30:00", "2024-02-29T15:30:00")
    rows = invoice("in_1", "2024-01-31T15:30:00", [line], currency="JPY", legal_entity_id="tokyo")
    assert schedule([entity, *rows]) == [("2024-02", "2024-02", "1000.00")]
    assert schedule(rows) == [("2024-01", "2024-01", "34.00"), ("2024-02", "2024-02", "966.00")]  # 1 and 28 of 29 days


def method_of(*rows: Row) -> tuple[str, str]:
    line = ("100.00", "2024-01-05", "2024-12-31")
    billed = invoice("in_1", "2024-06-01", [line], contract_id="test:sub", products=["test:prod"])
    [row] = run([*billed, *rows])["obligations"].select("recognition_method", "policy").iter_rows()
    return row


def test_the_narrowest_policy_decides() -> None:
    everything = policy("point_in_time", name="all")
    product = policy("straight_line_monthly", "test:prod", name="product")
    contract = policy("straight_line_daily", "test:sub", name="contract")
    assert method_of() == ("straight_line_daily", "default")
    assert method_of(everything) == ("point_in_time", "all")
    assert method_of(everything, product) == ("straight_line_monthly", "product")
    assert method_of(contract, product, everything) == ("straight_line_daily", "contract")


def test_a_policy_reaches_invoices_issued_from_its_day_on() -> None:
    assert method_of(policy("point_in_time", since="2024-06-02")) == ("straight_line_daily", "default")
    later = policy("straight_line_monthly", since="2024-06-01", name="later")
    assert method_of(policy("point_in_time", name="earlier"), later) == ("straight_line_monthly", "later")


def test_a_value_that_names_no_method_is_left_aside() -> None:
    assert method_of(policy("when_i_feel_like_it")) == ("straight_line_daily", "default")


def test_deferred_after_is_what_remains() -> None:
    frame = run(invoice("in_1", "2024-11-01", [("92.00", "2024-10-01", "2025-01-01")]))["recognition_schedule"]
    left = frame.sort("service_period").select("deferred_after").to_series().to_list()
    assert left == [Decimal(0), Decimal(31), Decimal(0)]  # nothing is deferred before the booking in November
    assert frame.schema["deferred_after"] == pl.Decimal(20, 4)
