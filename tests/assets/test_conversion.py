"""Minor units by ISO 4217: two digits for the dollar, none for the yen, three for the dinar."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from assets.money.conversion import MONEY, to_major, to_minor


def money(*rows: tuple[str, str]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["amount", "currency"], orient="row")
    return frame.with_columns(pl.col("amount").cast(MONEY))


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "USD", 1234),
        ("-12.34", "USD", -1234),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),  # four digits
        ("1.2345", "ZZZ", 12345),  # no ISO currency: ten-thousandths, so that nothing is lost
        ("0.125", "USD", 12),  # finer than a cent: half to even
        ("9999999999999999", "USD", 999999999999999900),  # sixteen digits, as many as decimal(20,4) holds
    ],
)
def test_to_minor_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(money((amount, currency)), "amount").get_column("amount").to_list() == [minor]


def test_back_again_in_the_order_of_the_rows() -> None:
    rows = money(("12.34", "USD"), ("500", "JPY"), ("-1.234", "KWD"), ("0", "EUR"))
    assert to_major(to_minor(rows, "amount"), "amount").equals(rows)


def test_an_empty_amount_stays_empty() -> None:
    rows = money(("1", "USD")).with_columns(amount=pl.lit(None, MONEY))
    assert to_major(to_minor(rows, "amount"), "amount").get_column("amount").to_list() == [None]


def test_major_units_have_four_digits() -> None:
    rows = to_major(pl.DataFrame({"amount": [1], "currency": ["USD"]}), "amount")
    assert rows.get_column("amount").to_list() == [Decimal("0.0100")]
