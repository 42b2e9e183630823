"""When control passes: bill-and-hold, consignment, acceptance, and goods that are bought back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.assets.revenue_facts import Row, cash, changes, fact, run
from tests.vectors.contract_facts import BASIS, CONTRACT, billed, contract, estimate, line, performed

START, LAST = "2021-01-01", "2022-12-31"


def judged(value: str, scope: str, at: str = START, decision: str = "transfer_of_control") -> Row:
    said = {"value": value, "reason": "As the contract says.", "author": "ann", "approver": "bob"}
    return fact("judgements", f"test:{decision}:{scope}:{at}", at, scope=f"test:{scope}", decision=decision, **said)


def books(*rows: Row | list[Row], as_of: str = LAST) -> dict[str, dict[str, str]]:
    told: list[Row] = [BASIS, contract()]
    for some in rows:
        told.extend(some if isinstance(some, list) else [some])
    return changes(run(told, as_of)["journal"])


def goods(quantity: Any = 10, **columns: Any) -> Row:
    return line("goods", "100", quantity=quantity, promise_kind="good", **columns)


def step(kind: str, at: str, quantity: Any, name: str = "") -> Row:
    return performed(name or f"{kind}:{at}", "goods", at, kind=kind, quantity=quantity)


def test_what_a_dealer_holds_is_ours_until_he_sells_it() -> None:
    """Consignment, ASC 606-10-55-79: ten are sent in January; the dealer sells six in March and gives four back."""
    rows = [goods(), step("delivery", "2021-01-10", 10), step("sold_on", "2021-03-20", 6), step("sold_on", "2021-05-02", 4)]
    assert books(rows, judged("consignment", "goods"))["Revenue"] == {"2021-03": "600.00", "2021-05": "400.00"}
    assert books(rows)["Revenue"] == {"2021-01": "1000.00"}  # without the judgement the dealer is a customer


def test_a_consignment_whose_quantity_nobody_knows_ahead() -> None:
    rows = [
        goods(None),
        judged("consignment", "goods"),
        step("delivery", "2021-01-10", 50),
        step("sold_on", "2021-03-20", 7),
    ]
    assert books(rows)["Revenue"] == {"2021-03": "700.00"}


def test_goods_that_are_held_at_the_customers_wish_are_transferred_and_holding_them_is_a_service() -> None:
    """IFRS 15 Example 63 (606-10-55-409 to 413): a machine and spare parts are paid on 31 December; the parts are asked to
    be kept, ready and set apart, for two to four years. Three promises: the machine, the parts, the custodial service."""
    sale = [
        line("machine", "600", promise_kind="good", ssp="600"),
        line("parts", "300", promise_kind="good", ssp="300"),
        line("custody", "120", promise_kind="service", ssp="120", service_from="2021-01-01", service_to="2023-01-01"),
        performed("machine", "machine", "2021-01-15", quantity=1),
        performed("held", "parts", "2021-01-15", kind="held", quantity=1),
        performed("left", "parts", "2022-11-30", quantity=1),
        *billed("1020"),
    ]
    found = books(sale, judged("bill_and_hold", "parts"))["Revenue"]
    # January: 600 + 300 + 120 * 31/730 = 905.10; afterwards the custody only, and nothing when the parts leave.
    assert found["2021-01"] == "905.10"
    assert found["2022-11"] == "4.93"  # 120 * 30/730
    assert sum(map(Decimal, found.values())) == 1020
    # Unless all four criteria are met (55-83) the parts are sold when they are delivered.
    assert books(sale)["Revenue"]["2022-11"] == "304.93"


def test_what_leaves_the_hold_counts_once_and_what_was_never_held_counts_too() -> None:
    rows = [goods(), judged("bill_and_hold", CONTRACT.removeprefix("test:")), step("held", "2021-01-15", 6)]
    later = [step("delivery", "2021-02-15", 4), step("delivery", "2021-03-15", 6, "rest")]
    assert books(rows, later)["Revenue"] == {"2021-01": "600.00", "2021-03": "400.00"}


def test_until_the_customer_accepts_what_is_on_trial_nothing_is_sold() -> None:
    """606-10-55-85 to 88: acceptance that is substantive decides; one that is a formality does not."""
    rows = [goods(), step("delivery", "2021-01-10", 10), step("acceptance", "2021-04-09", 10)]
    assert books(rows, judged("on_acceptance", "goods"))["Revenue"] == {"2021-04": "1000.00"}
    assert books(rows)["Revenue"] == {"2021-01": "1000.00"}


def test_a_judgement_that_changes_never_rewrites_what_came_before_it() -> None:
    rows = [goods(), step("delivery", "2021-01-10", 10), judged("on_acceptance", "goods")]
    # In March experience shows that nobody ever refused: a formality.
    assert books(rows, judged("on_delivery", "goods", "2021-03-05"))["Revenue"] == {"2021-03": "1000.00"}


def test_a_return_of_what_was_accepted_takes_it_back() -> None:
    rows = [
        goods(),
        judged("on_acceptance", "goods"),
        step("delivery", "2021-01-10", 10),
        step("acceptance", "2021-02-09", 10),
    ]
    assert books(rows, step("return", "2021-03-01", 3))["Revenue"] == {"2021-02": "1000.00", "2021-03": "-300.00"}


def machine(kind: str, back: str, *rows: Row) -> list[Row]:
    """IFRS 15 Example 62 (606-10-55-401 to 407): a tangible asset is sold for a million on 1 January, and the contract
    says what happens until 31 December."""
    asset = {"product_id": "test:asset"}
    return [
        line("asset", "1000000", promise_kind="good", **asset),
        line("back", back, promise_kind=kind, service_from="2021-01-01", service_to="2022-01-01", **asset),
        performed("handed over", "asset", "2021-01-01", quantity=1),
        *billed("1000000"),
        cash("payment", "test:ch", "2021-01-01", "1000000", document_id="test:in_1"),
        *rows,
    ]


def total(moved: dict[str, str]) -> Decimal:
    return sum(map(Decimal, moved.values()), Decimal(0))


def test_a_call_option_at_a_higher_price_is_a_financing() -> None:
    """Example 62, Case A: bought back for 1,100,000 at our wish; the option lapses on 31 December."""
    found = books(machine("repurchase_call", "1100000"))
    assert found["Revenue"] == {"2021-12": "1100000.00"}
    assert total(found["InterestExpense"]) == 100_000
    assert found["InterestExpense"]["2021-01"] == "8127.69"  # 1,000,000 * (1.1 ^ (31/365) - 1)
    assert total(found["RepurchaseLiability"]) == 0
    assert found["RepurchaseLiability"]["2021-01"] == "1008127.69"
    assert "ContractLiability" not in found  # month by month what is received is owed by the other account


def test_before_the_option_lapses_nothing_is_earned() -> None:
    found = books(machine("repurchase_call", "1100000"), as_of="2021-11-30")
    assert "Revenue" not in found
    assert total(found["RepurchaseLiability"]) == 1_000_000 + total(found["InterestExpense"])


def test_a_call_option_that_is_exercised_pays_the_financing_back() -> None:
    back = performed("back", "asset", "2021-12-20", kind="return", quantity=1)
    paid = cash("refund", "test:re", "2021-12-20", "1100000", payment_id="test:ch")
    found = books(machine("repurchase_call", "1100000", back, paid))
    assert "Revenue" not in found
    assert total(found["InterestExpense"]) == 100_000
    assert total(found["RepurchaseLiability"]) == 0
    assert not found.keys() & {"OtherLoss", "ContractLiability", "ContractAsset"}  # within each month it is nothing
    assert total(found["Cash"]) == -100_000


def test_a_put_option_with_an_incentive_is_a_lease() -> None:
    """Case B: the customer may give it back for 900,000, and it is expected to be worth 750,000 then."""
    worth = estimate("worth", "asset", "market_value", "750000", money=True)
    found = books(machine("repurchase_put", "900000", worth), as_of="2021-11-30")
    assert found["Revenue"]["2021-01"] == "8493.15"  # 100,000 * 31/365
    assert total(found["Revenue"]) == Decimal("91506.85")  # 100,000 * 334/365
    assert total(found["RepurchaseLiability"]) == 900_000
    assert total(found["ContractLiability"]) == Decimal("8493.15")
    lapsed = books(machine("repurchase_put", "900000", worth))
    assert total(lapsed["Revenue"]) == 1_000_000
    assert total(lapsed["RepurchaseLiability"]) == total(lapsed["ContractLiability"]) == 0


def test_a_lease_that_ends_with_the_asset_back_earns_the_difference() -> None:
    worth = estimate("worth", "asset", "market_value", "750000", money=True)
    back = performed("back", "asset", "2021-10-15", kind="return", quantity=1)
    paid = cash("refund", "test:re", "2021-11-15", "900000", payment_id="test:ch")
    found = books(machine("repurchase_put", "900000", worth, back, paid))
    assert total(found["Revenue"]) == 100_000
    assert found["ContractLiability"]["2021-10"] != "0.00"  # owed from the day on which it came back until it is paid
    assert total(found["RepurchaseLiability"]) == total(found["ContractLiability"]) == 0


@pytest.mark.parametrize(
    ("kind", "back", "facts", "revenue"),
    [
        # A forward or a call below the price is a lease: 100,000 * 31/365 in January.
        ("repurchase_forward", "900000", (), "8493.15"),
        # A put that nobody has a reason to use is a sale with a right of return.
        ("repurchase_put", "900000", (), "1000000.00"),
        ("repurchase_put", "1000000", (estimate("w", "asset", "market_value", "1200000", money=True),), "1000000.00"),
        # At or above the price, and above what it will be worth: a financing.
        ("repurchase_put", "1000000", (estimate("w", "asset", "market_value", "900000", money=True),), None),
        # The judgement decides over the expected worth.
        ("repurchase_put", "900000", (judged("significant", "asset", decision="economic_incentive"),), "8493.15"),
        # 1,050,000 in a year are 954,545.45 today at 10 %, less than the price: a lease for 45,454.55, 31 of 365 days.
        ("repurchase_call", "1050000", (estimate("r", "asset", "discount_rate", "0.1"),), "3860.52"),
        ("repurchase_call", "1050000", (), None),
    ],
)
def test_which_of_the_three_it_is(kind: str, back: str, facts: tuple[Row, ...], revenue: str | None) -> None:
    found = books(machine(kind, back, *facts), as_of="2021-01-31")
    assert found.get("Revenue") == (revenue and {"2021-01": revenue})


def test_the_rest_of_the_price_is_shared_among_the_rest_of_the_promises() -> None:
    other = line("support", "1200", service_from="2021-01-01", service_to="2022-01-01", ssp="1200")
    found = run([BASIS, contract(), *machine("repurchase_call", "1100000", other)], "2021-01-31")
    allocated = dict(found["price_allocations"].select("obligation_id", "allocated_amount").iter_rows())
    assert allocated == {"test:support": Decimal(1200)}
    assert changes(found["journal"])["Revenue"] == {"2021-01": "101.92"}  # 1,200 * 31/365
