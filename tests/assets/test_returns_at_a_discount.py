"""What comes back is worth what it was sold for: net of every discount, as it was allocated, never the list price."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.assets.revenue_facts import Row, changes, fact, run
from tests.vectors.contract_facts import BASIS, billed, contract, estimate, line, performed, price

SOLD, BACK, END = "2021-01-10", "2021-02-10", "2021-12-31"
LAMP = fact("products", "test:lamp", "2000-01-01", unit_cost=Decimal(30), cost_currency="USD")


def shop(*facts: Row | list[Row]) -> dict[str, dict[str, str]]:
    rows = [row for some in (BASIS, LAMP, contract(SOLD), *facts) for row in (some if isinstance(some, list) else [some])]
    return changes(run(rows, END)["journal"])


def lamps(units: int = 10) -> list[Row]:
    """Lamps at 50 each, delivered at once."""
    return [
        line("lamps", "50", SOLD, quantity=units, promise_kind="good", product_id="test:lamp"),
        performed("out", "lamps", SOLD, quantity=units),
    ]


def test_a_rebate_of_the_whole_order_lowers_what_a_returned_unit_is_worth() -> None:
    # 10 lamps at 50 less 100 off the order: 400, 40 each. 2 are expected back: 80 owed back, 320 of revenue.
    rebate = estimate("off", "test:contract", "variable_consideration", -100, SOLD, money=True)
    moved = shop(lamps(), billed(400, SOLD), rebate, estimate("back", "lamps", "returns", 2, SOLD))
    assert moved["Revenue"] == {"2021-01": "320.00"}
    assert moved["RefundLiability"] == {"2021-01": "80.00"}
    assert moved["ReturnAsset"] == {"2021-01": "60.00"}  # 2 * 30


def test_what_came_back_is_paid_out_of_the_liability_at_the_same_price() -> None:
    # As above, and one comes back: 40 of the 80 are paid out, nothing moves in revenue; one more is still expected.
    rebate = estimate("off", "test:contract", "variable_consideration", -100, SOLD, money=True)
    came = performed("in", "lamps", BACK, kind="return", quantity=1)
    moved = shop(lamps(), billed(400, SOLD), rebate, estimate("back", "lamps", "returns", 2, SOLD), came)
    assert moved["Revenue"] == {"2021-01": "320.00"}
    assert moved["RefundLiability"] == {"2021-01": "80.00", "2021-02": "-40.00"}
    assert moved["ReturnAsset"] == {"2021-01": "60.00", "2021-02": "-30.00"}


def test_beyond_what_was_expected_it_lowers_revenue_by_what_it_was_sold_for() -> None:
    # 3 come back and 2 were expected: the third takes 40 off the revenue, not 50.
    rebate = estimate("off", "test:contract", "variable_consideration", -100, SOLD, money=True)
    came = performed("in", "lamps", BACK, kind="return", quantity=3)
    moved = shop(lamps(), billed(400, SOLD), rebate, estimate("back", "lamps", "returns", 2, SOLD), came)
    assert moved["Revenue"] == {"2021-01": "320.00", "2021-02": "-40.00"}
    assert moved["RefundLiability"] == {"2021-01": "80.00", "2021-02": "-80.00"}


def test_the_discount_of_a_bundle_is_in_the_price_of_what_comes_back() -> None:
    # Lamps 500 and a service of 300 for 500 and 0 as billed; standalone 500 and 300: lamps are allocated
    # 500 * 5/8 = 312.50, 31.25 each; 2 expected back are 62.50, so 250.00 of revenue beside the service's 187.50.
    service = [
        line("setup", "0", SOLD, promise_kind="service", ssp="300", recognition_method="point_in_time"),
        performed("done", "setup", SOLD),
    ]
    priced = price("lamp", "lamp", "50")
    moved = shop(lamps(), service, priced, billed(500, SOLD), estimate("back", "lamps", "returns", 2, SOLD))
    assert moved["RefundLiability"] == {"2021-01": "62.50"}
    assert moved["Revenue"] == {"2021-01": "437.50"}


@pytest.mark.parametrize(
    ("kind", "value", "owed"),
    # 10 lamps for 400: a rate of 20 % is 80, eight kept are 320 and 80 owed back.
    [("return_rate", "20%", "80.00"), ("kept", 8, "80.00"), ("returns", "2.5", "100.00")],
)
def test_every_way_of_telling_what_is_expected_back(kind: str, value: object, owed: str) -> None:
    rebate = estimate("off", "test:contract", "variable_consideration", -100, SOLD, money=True)
    moved = shop(lamps(), billed(400, SOLD), rebate, estimate("back", "lamps", kind, value, SOLD))
    assert moved["RefundLiability"] == {"2021-01": owed}


def test_a_rebate_that_is_learned_later_lowers_what_is_owed_back() -> None:
    # 10 at 50, 2 expected back: 100. In March 100 are taken off: 40 each, 80 owed back, revenue 400 -> 320.
    rebate = estimate("off", "test:contract", "variable_consideration", -100, "2021-03-05", money=True)
    moved = shop(lamps(), billed(500, SOLD), rebate, estimate("back", "lamps", "returns", 2, SOLD))
    assert moved["RefundLiability"] == {"2021-01": "100.00", "2021-03": "-20.00"}
    assert moved["Revenue"] == {"2021-01": "400.00", "2021-03": "-80.00"}
