"""What a line of a contract promises, and how that is performed: warranties, licences, fees, ramps, breakage, barter."""

from __future__ import annotations

from decimal import Decimal

from tests.assets.revenue_facts import Row, changes, run
from tests.vectors.contract_facts import BASIS, CONTRACT, billed, contract, estimate, line, performed, used

YEAR = {"service_from": "2021-01-01", "service_to": "2022-01-01"}


def books(*rows: Row | list[Row], as_of: str = "2024-12-31") -> dict[str, dict[str, str]]:
    told: list[Row] = [BASIS, contract()]
    for some in rows:
        told.extend(some if isinstance(some, list) else [some])
    return changes(run(told, as_of)["journal"])


def total(moved: dict[str, str]) -> Decimal:
    return sum(map(Decimal, moved.values()), Decimal(0))


GOOD = [
    line("good", "1000", promise_kind="good", ssp="1000"),
    performed("sent", "good", "2021-01-05", quantity=1),
]


def test_a_warranty_that_only_assures_is_no_promise() -> None:
    """606-10-55-32: no price of its own, so no part of the price, however much it would be worth."""
    assures = line("warranty", "0", promise_kind="warranty", ssp="250", **YEAR)
    assert books(GOOD, assures)["Revenue"] == {"2021-01": "1000.00"}


def test_a_warranty_that_is_paid_for_or_judged_a_service_is_a_promise() -> None:
    paid = line("warranty", "365", promise_kind="warranty", ssp="365", **YEAR)
    found = books(GOOD, paid)["Revenue"]
    assert (found["2021-01"], found["2021-02"]) == ("1031.00", "28.00")
    service = line("warranty", "0", promise_kind="warranty", ssp="250", distinct=True, **YEAR)
    found = books(GOOD, service)["Revenue"]
    assert found["2021-01"] == "816.99"  # 1,000 * 1,000/1,250 + 200 * 31/365
    assert total(found) == 1000


def test_a_right_to_use_is_sold_when_it_can_be_used_and_not_before_its_period() -> None:
    """606-10-55-58B, 58C: the key is handed over in January, the licence begins in March."""
    period = {"service_from": "2021-03-01", "service_to": "2024-03-01"}
    key = performed("key", "licence", "2021-01-10", quantity=1)
    assert books(line("licence", "360", promise_kind="functional_licence", **period), key)["Revenue"] == {
        "2021-03": "360.00"
    }
    late = performed("key", "licence", "2021-05-10", quantity=1)
    assert books(line("licence", "360", promise_kind="licence", **period), late)["Revenue"] == {"2021-05": "360.00"}


def test_a_right_to_access_is_performed_by_time() -> None:
    """606-10-55-60 to 62: a brand that its owner goes on to build."""
    found = books(line("brand", "365", promise_kind="symbolic_licence", **YEAR))["Revenue"]
    assert (found["2021-01"], found["2021-02"]) == ("31.00", "28.00")


def test_a_royalty_is_earned_when_the_customer_sells() -> None:
    """606-10-55-65: not before the sale, whatever is expected; the licence itself was handed over in January."""
    rows = [
        line("right", "100", promise_kind="functional_licence", service_from="2021-01-01", service_to="2024-01-01"),
        line("royalty", "2", quantity=None, usage_type="metered"),
        used("q1", "royalty", "2021-03-31", 40),
    ]
    assert books(rows)["Revenue"] == {"2021-01": "100.00", "2021-03": "80.00"}


def test_a_fee_for_setting_up_is_an_advance_payment_for_the_service() -> None:
    """606-10-55-51: setting up gives the customer nothing by itself."""
    rows = [line("setup", "365", promise_kind="fee"), line("service", "730", **YEAR), *billed("1095")]
    found = books(rows)
    assert (found["Revenue"]["2021-01"], found["Revenue"]["2021-02"]) == ("93.00", "84.00")  # 3 a day
    assert total(found["Revenue"]) == 1095
    judged = [line("setup", "365", promise_kind="fee", distinct=True), performed("set", "setup", "2021-02-03", quantity=1)]
    assert books(judged, line("service", "730", **YEAR))["Revenue"]["2021-02"] == "421.00"  # 365 + 2 * 28


def test_a_ramp_of_one_service_is_earned_evenly_where_its_standalone_price_is_one() -> None:
    """100, 200 and 300 for three years of what costs 200 a year: 200 a year, and a contract asset in the first two."""
    years = [
        line(f"y{n}", str(100 * n), ssp="200", service_from=f"{2020 + n}-01-01", service_to=f"{2021 + n}-01-01")
        for n in (1, 2, 3)
    ]
    found = books(years, billed("100"), as_of="2023-12-31")
    by_year = {
        year: sum(Decimal(a) for m, a in found["Revenue"].items() if m.startswith(year)) for year in ("2021", "2023")
    }
    assert by_year == {"2021": 200, "2023": 200}


def test_a_ramp_whose_prices_are_what_each_year_is_worth_is_earned_as_it_is_priced() -> None:
    years = [
        line(f"y{n}", str(100 * n), service_from=f"{2020 + n}-01-01", service_to=f"{2021 + n}-01-01") for n in (1, 2, 3)
    ]
    found = books(years)["Revenue"]
    assert sum(Decimal(a) for m, a in found.items() if m.startswith("2021")) == 100


def test_free_months_are_served_like_the_others() -> None:
    """Two months free and ten at 36.50: 365 over the whole year, in each month by its days."""
    months = {"service_from": "2021-01-01", "service_to": "2022-01-01"}
    found = books(line("service", "365", **months), billed("365", "2021-03-01"))
    assert found["Revenue"]["2021-01"] == "31.00"
    assert found["ContractAsset"] == {"2021-01": "31.00", "2021-02": "28.00", "2021-03": "-59.00"}


def card(*rows: Row) -> dict[str, str]:
    """A gift card over 100 that lapses after three years."""
    term = {"service_from": "2021-01-01", "service_to": "2024-01-01"}
    return books(line("card", "1", quantity=100, promise_kind="gift_card", **term), list(rows), billed("100"))["Revenue"]


def test_breakage_is_earned_in_proportion_where_it_is_expected() -> None:
    """606-10-55-48: 80 of 100 are expected to be used; each 8 used earn 10."""
    expected = estimate("breakage", "card", "expected_units", "80")
    assert card(expected, used("a", "card", "2021-02-01", 40), used("b", "card", "2021-05-01", 40)) == {
        "2021-02": "50.00",
        "2021-05": "50.00",
    }


def test_breakage_that_is_not_expected_is_earned_when_it_is_remote_that_the_rest_is_used() -> None:
    used_up = used("a", "card", "2021-02-01", 40)
    assert card(used_up) == {"2021-02": "40.00", "2023-12": "60.00"}  # nobody says so: when the card lapses
    remote = estimate("remote", "card", "expected_units", "40", "2022-06-30")
    assert card(used_up, remote) == {"2021-02": "40.00", "2022-06": "60.00"}


def test_what_a_customer_gives_instead_of_cash_counts_at_its_worth_when_the_contract_began() -> None:
    """Example 31: 606-10-55-248 to 250; a later change of what it is worth changes nothing (32-23)."""
    shares = estimate("shares", CONTRACT, "noncash_consideration", "365", money=True)
    rose = estimate("shares", CONTRACT, "noncash_consideration", "500", "2021-06-01", money=True)
    found = books(line("service", "0", **YEAR), shares, rose)["Revenue"]
    assert (found["2021-01"], total(found)) == ("31.00", Decimal(365))
