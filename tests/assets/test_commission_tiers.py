"""An agent whose commission depends on how much is sold: net revenue by tiers, estimated or as it comes."""

from __future__ import annotations

from typing import Any

from tests.assets.revenue_facts import Row, changes, fact, run
from tests.vectors.contract_facts import BASIS, choice, contract, estimate, line, number, performed, used

START, RIDE = "2023-01-01", {"product_id": "test:ride"}
# A ride costs 20. The driver gets 16 of it, of more than 100 rides 15, of more than 200 rides 14.
TIERS = [
    fact("prices", f"test:driver:{begins}", "2000-01-01", purpose="principal", currency="USD", from_quantity=number(begins))
    for begins in (0, 100, 200)
]
GETS = [(table, row | RIDE | {"unit_amount": number(gets)}) for (table, row), gets in zip(TIERS, (16, 15, 14), strict=True)]
METERED: dict[str, Any] = {"quantity": None, "usage_type": "metered", "principal": False}
RIDES = [BASIS, contract(START), line("rides", "20", START, **METERED, **RIDE), *GETS]
USED = [
    used("jan", "rides", "2023-01-20", 80),
    used("feb", "rides", "2023-02-20", 40),
    used("mar", "rides", "2023-03-20", 60),
]
GRADUATED = choice("commission_tiers", "graduated")


def moved(*rows: Row) -> dict[str, dict[str, str]]:
    return changes(run([*RIDES, *rows], "2023-12-31")["journal"])


def test_the_tier_that_is_reached_holds_for_every_unit() -> None:
    # January 80 at 4. February: 120 in all at 5 = 600, less 320. March: 180 at 5 = 900, less 600.
    found = moved(*USED)
    assert found["Revenue"] == {"2023-01": "320.00", "2023-02": "280.00", "2023-03": "300.00"}
    # 80 * 16; 120 * 15 - 1,280; 60 * 15
    assert found["DueToPrincipals"] == {"2023-01": "1280.00", "2023-02": "520.00", "2023-03": "900.00"}


def test_the_volume_that_is_expected_sets_the_tier_from_the_start() -> None:
    # 150 expected: 5 of each from January on.
    found = moved(*USED, estimate("vol", "rides", "volume", 150, START))
    assert found["Revenue"] == {"2023-01": "400.00", "2023-02": "200.00", "2023-03": "300.00"}


def test_an_estimate_that_falls_is_caught_up_when_it_is_made() -> None:
    # 250 expected: 6 of each of 80. In February 150 are expected: 5 of each of 120 = 600, less 480.
    estimates = [estimate("vol", "rides", "volume", 250, START), estimate("vol", "rides", "volume", 150, "2023-02-10")]
    found = moved(*USED, *estimates)
    assert found["Revenue"] == {"2023-01": "480.00", "2023-02": "120.00", "2023-03": "300.00"}


def test_graduated_tiers_hold_for_the_units_within_them() -> None:
    # January 80 at 4. February 20 at 4 and 20 at 5. March 60 at 5.
    found = moved(GRADUATED, *USED)
    assert found["Revenue"] == {"2023-01": "320.00", "2023-02": "180.00", "2023-03": "300.00"}
    # What the customers pay is what is earned and owed: 180 rides at 20.
    every = [float(amount) for account in ("Revenue", "DueToPrincipals") for amount in found[account].values()]
    assert sum(every) == 180 * 20


def test_a_principal_owes_nobody() -> None:
    own = [BASIS, contract(START), line("rides", "20", START, **(METERED | {"principal": True}), **RIDE), *GETS, *USED]
    found = changes(run(own, "2023-12-31")["journal"])
    assert "DueToPrincipals" not in found
    assert found["Revenue"]["2023-01"] == "1600.00"


def test_a_price_that_falls_with_the_volume_is_what_the_customer_pays() -> None:
    """The list price of a unit is gross for an agent too: 20, from 100 rides on 18; the driver gets 16, then 15."""
    cheaper = fact(
        "prices", "test:list:100", "2000-01-01", purpose="list", currency="USD", from_quantity=number(100), **RIDE
    )
    listed = (cheaper[0], cheaper[1] | {"unit_amount": number(18)})
    # January 80 * (20 - 16). February 120 * (18 - 15) = 360, less 320.
    found = moved(listed, *USED[:2])
    assert found["Revenue"] == {"2023-01": "320.00", "2023-02": "40.00"}


def test_goods_that_are_delivered_count_towards_the_tier() -> None:
    sold = line("rides", "20", START, quantity=None, promise_kind="good", principal=False, **RIDE)
    done = [
        performed("a", "rides", "2023-01-20", quantity=120),
        performed("b", "rides", "2023-02-20", kind="return", quantity=30),
    ]
    # 120 at 5; 30 come back: 90 at 4 = 360, less 600.
    found = changes(run([BASIS, contract(START), sold, *GETS, *done], "2023-12-31")["journal"])
    assert found["Revenue"] == {"2023-01": "600.00", "2023-02": "-240.00"}
