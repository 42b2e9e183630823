"""The contract basis by its laws: schedules to the cent, order of arrival, closes, and what estimates may not rewrite."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.allocation.relative import shared
from tests.assets.revenue_facts import Row, cash, changes, fact, period_log, run
from tests.vectors.contract_facts import (
    BASIS,
    CONTRACT,
    billed,
    choice,
    contract,
    estimate,
    line,
    performed,
    used,
)

YEAR = {"service_from": "2021-01-01", "service_to": "2022-01-01"}
BUNDLE: list[Row] = [
    BASIS,
    contract(),
    line("device", "600", promise_kind="good", ssp="800"),
    line("service", "1200", ssp="1200", **YEAR),
    performed("device", "device", "2021-01-10", quantity=1),
]


def months(rows: list[Row], of: str, as_of: str = "2029-12-31") -> dict[str, Decimal]:
    frame = run(rows, as_of)["recognition_schedule"].filter(obligation_id=f"test:{of}").sort("service_period")
    return {f"{month:%Y-%m}": amount for month, amount in frame.select("service_period", "amount").iter_rows()}


@given(amount=st.integers(-(10**12), 10**12), weights=st.lists(st.integers(0, 10**10), min_size=1, max_size=12))
def test_parts_sum_to_the_whole_and_none_is_off_by_a_minor_unit(amount: int, weights: list[int]) -> None:
    names = [f"{n:02}" for n in range(len(weights))]
    rows = pl.DataFrame(
        {"pool": 1, "amount": amount, "weight": weights, "name": names}, schema_overrides={"weight": pl.Int64}
    )
    parts = shared(rows, ["pool"], "amount", "weight", "name", "part").sort("name").get_column("part").to_list()
    given_weights = weights if sum(weights) else [1] * len(weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, given_weights, strict=True):
        assert abs(part * sum(given_weights) - amount * weight) < sum(given_weights)


def test_a_discount_is_shared_by_standalone_prices() -> None:
    books = run(BUNDLE)
    # 1,800 for what costs 2,000: 1,800 * 800 / 2,000 and 1,800 * 1,200 / 2,000
    assert months(BUNDLE, "device") == {"2021-01": Decimal(720)}
    assert sum(months(BUNDLE, "service").values()) == 1080
    [row] = books["contracts"].to_dicts()
    assert (row["basis"], row["transaction_price"]) == ("contract", Decimal(1800))


def test_its_invoices_are_not_recognised_by_their_lines() -> None:
    books = run([*BUNDLE, *billed("1800")])
    assert changes(books["journal"])["AccountsReceivable"] == {"2021-01": "1800.00"}
    assert "DeferredRevenue" not in changes(books["journal"])
    assert sum(books["recognition_schedule"].get_column("amount")) == 1800
    assert books["obligations"].height == 2


def test_what_is_earned_before_it_is_billed_is_a_contract_asset_and_never_both() -> None:
    found = changes(run([*BUNDLE, *billed("1800", "2021-03-01")], "2021-12-31")["journal"])
    # January: 720 + 1,080 * 31/365 = 811.73 earned; February 82.85 more; in March 1,800 are billed.
    assert found["ContractAsset"] == {"2021-01": "811.73", "2021-02": "82.85", "2021-03": "-894.58"}
    assert found["ContractLiability"]["2021-03"] == "813.70"  # 1,800 - 720 - 1,080 * 90/365


@pytest.mark.parametrize("seed", range(3))
def test_order_and_batching_do_not_show(seed: int) -> None:
    rows = [
        *BUNDLE,
        *billed("1800"),
        line("more", "300", "2021-06-01", ssp="500", service_from="2021-06-01", service_to="2022-06-01"),
    ]
    mixed = rows.copy()
    random.Random(seed).shuffle(mixed)
    one, other = run(rows), run(mixed)
    for table in one.keys() - {"journal", "added"}:
        assert one[table].sort(pl.all()).equals(other[table].sort(pl.all())), table


def test_a_late_delivery_changes_the_month_in_which_it_happened() -> None:
    """An observation belongs to its own period; where that is closed it posts later and keeps its service period."""
    before = run(BUNDLE[:-1], "2021-02-28")
    late = run(BUNDLE, "2021-03-31", held=before["journal"], log=period_log(("close", "2021-01")))
    moved = late["added"].filter(obligation_id="test:device", account="Revenue")
    assert moved.select("service_period", "accounting_period", "amount").rows() == [
        (date(2021, 1, 1), date(2021, 2, 1), Decimal(-720))
    ]


def test_a_new_estimate_never_rewrites_what_came_before_it() -> None:
    bonus = estimate("bonus", CONTRACT, "variable_consideration", "365", "2021-07-15", money=True)
    without, with_bonus = months(BUNDLE, "service"), months([*BUNDLE, bonus], "service")
    assert {m: a for m, a in without.items() if m < "2021-07"} == {m: a for m, a in with_bonus.items() if m < "2021-07"}
    # 365 * 1,200 / 2,000 = 219 to the service: by the end of July 212/365 of it, 127.20, is caught up.
    assert with_bonus["2021-07"] - without["2021-07"] == Decimal("127.20")


def test_added_at_its_standalone_price_is_a_separate_contract() -> None:
    added = line("more", "500", "2021-07-01", ssp="500", service_from="2021-07-01", service_to="2022-07-01")
    books = run([*BUNDLE, added])
    [change] = books["contract_modifications"].to_dicts()
    assert (change["treatment"], change["decided_by"]) == ("separate_contract", "rule")
    assert months([*BUNDLE, added], "service") == months(BUNDLE, "service")


def test_a_judgement_overrides_the_rule_and_gives_its_reason() -> None:
    added = line("more", "500", "2021-07-01", ssp="500", service_from="2021-07-01", service_to="2022-07-01")
    said = {"decision": "modification_treatment", "value": "prospective", "reason": "negotiated together", "author": "ann"}
    judged = fact("judgements", "test:j", "2021-07-01", scope=CONTRACT, **said)
    [change] = run([*BUNDLE, added, judged])["contract_modifications"].to_dicts()
    assert (change["treatment"], change["reason"], change["decided_by"]) == ("prospective", "negotiated together", "test:j")


def test_a_line_that_is_taken_back_ends_and_keeps_what_it_earned() -> None:
    table, row = line("service", "1200", "2021-07-01", ssp="1200", **YEAR)
    ended = [*BUNDLE, (table, row | {"operation": "retract"})]
    earned = months(ended, "service")
    assert max(earned) == "2021-06"
    assert earned == {m: a for m, a in months(BUNDLE, "service").items() if m < "2021-07"}


def test_a_price_that_changes_when_all_is_performed_is_revenue_at_once() -> None:
    """ASC 606-10-32-43, IFRS 15.88; and a second change counts from what the first one made of it."""
    january = {"service_from": "2021-01-01", "service_to": "2021-02-01"}
    rows = [BASIS, contract(), line("service", "310", **january), line("service", "341", "2021-03-01", **january)]
    assert months(rows, "service") == {"2021-01": Decimal(310), "2021-03": Decimal(31)}
    rows.append(line("service", "300", "2021-04-01", **january))
    assert months(rows, "service") == {"2021-01": Decimal(310), "2021-03": Decimal(31), "2021-04": Decimal(-41)}


def test_a_renewal_is_an_obligation_of_its_own() -> None:
    renewed = line("service", "1300", "2022-01-01", ssp="1300", service_from="2022-01-01", service_to="2023-01-01")
    books = run([*BUNDLE, renewed])
    assert books["contract_modifications"].is_empty()
    assert sum(months([*BUNDLE, renewed], "service@2022-01-01").values()) == 1300


def test_contracts_of_a_group_are_one() -> None:
    rows = [
        BASIS,
        contract(name="test:a", contract_group="deal"),
        contract(name="test:b", contract_group="deal"),
        line("x", "100", of="test:a", promise_kind="good", ssp="100"),
        line("y", "0", of="test:b", promise_kind="good", ssp="100"),
    ]
    books = run(rows)
    assert books["obligations"].select("contract_id", "allocated_amount").rows() == [("test:a", 50), ("test:a", 50)]


def test_nothing_is_revenue_while_collection_is_not_probable() -> None:
    said = {"decision": "collectability", "reason": "in default", "author": "ann"}
    doubtful = fact("judgements", "test:j", "2021-01-01", scope=CONTRACT, value="not_probable", **said)
    probable = fact("judgements", "test:j", "2021-04-01", scope=CONTRACT, value="probable", **said)
    earned = months([*BUNDLE, doubtful, probable], "service")
    assert min(earned) == "2021-04"
    assert earned["2021-04"] == Decimal("355.07")  # 1,080 * 120/365
    assert sum(earned.values()) == 1080


def test_an_agent_earns_what_is_left_after_the_principal() -> None:
    cost = fact("products", "test:ticket", "2000-01-01", unit_cost=Decimal(70), cost_currency="USD")
    sold = line("ticket", "100", quantity=3, promise_kind="good", principal=False, product_id="test:ticket")
    assert months([BASIS, contract(), cost, sold, performed("1", "ticket", "2021-02-01", quantity=3)], "ticket") == {
        "2021-02": Decimal(90)
    }


def test_milestones_hours_and_units_measure_progress() -> None:
    built = line("build", "1000", recognition_method="milestones", promise_kind="service")
    steps = [
        performed(str(n), "build", f"2021-0{n}-15", kind="milestone", quantity=q) for n, q in ((1, "0.25"), (2, "0.75"))
    ]
    assert months([BASIS, contract(), built, *steps], "build") == {"2021-01": Decimal(250), "2021-02": Decimal(750)}
    worked = line("work", "1000", quantity=40, recognition_method="hours", promise_kind="service")
    done = [performed("1", "work", "2021-01-31", kind="hours", quantity=10)]
    # 10 of 40 hours, of 40 at 1,000
    assert months([BASIS, contract(), worked, *done], "work") == {"2021-01": Decimal(10_000)}


def test_late_usage_changes_the_month_in_which_it_was_used() -> None:
    meter = line("meter", "10", quantity=None, usage_type="metered")
    known = [BASIS, contract(), meter, used("1", "meter", "2021-01-10", 5), used("2", "meter", "2021-02-10", 3)]
    assert months(known, "meter") == {"2021-01": Decimal(50), "2021-02": Decimal(30)}
    assert months([*known, used("late", "meter", "2021-01-31", 2)], "meter") == {
        "2021-01": Decimal(70),
        "2021-02": Decimal(30),
    }


def test_an_invoice_given_up_is_bad_debt_and_takes_no_revenue_back() -> None:
    invoice = billed("1800")
    table, row = invoice[0]
    gone = {"status": "uncollectible", "uncollectible_at": fact("cash", "x", "2021-05-01")[1]["effective_at"]}
    lost = (
        table,
        row | gone | {"row_key": "test|gone|x", "source_event_id": "gone", "effective_at": gone["uncollectible_at"]},
    )
    found = changes(run([*BUNDLE, *invoice, lost])["journal"])
    assert found["BadDebt"] == {"2021-05": "1800.00"}
    assert sum(Decimal(v) for v in found["Revenue"].values()) == 1800


def test_a_refund_of_a_contracts_invoice_lowers_what_is_billed() -> None:
    rows = [*BUNDLE, *billed("1800"), cash("payment", "test:ch", "2021-01-05", "1800", document_id="test:in_1")]
    found = changes(
        run([*rows, cash("refund", "test:re", "2021-02-05", "100", payment_id="test:ch")], "2022-12-31")["journal"]
    )
    assert found["Cash"] == {"2021-01": "1800.00", "2021-02": "-100.00"}
    assert "Refunds" not in found
    # 720 + 1,080 * 334/365 = 1,708.27 are earned by the end of November, 1,700 are billed and kept.
    assert found["ContractAsset"] == {"2021-11": "8.27", "2021-12": "91.73"}


@settings(max_examples=15)
@given(
    prices=st.lists(st.integers(0, 10**6), min_size=1, max_size=5),
    standalone=st.lists(st.integers(1, 10**6), min_size=5, max_size=5),
    variable=st.integers(-1000, 10**6),
)
def test_every_schedule_sums_to_its_price(prices: list[int], standalone: list[int], variable: int) -> None:
    rows = [BASIS, contract(), estimate("v", CONTRACT, "variable_consideration", Decimal(variable) / 100, money=True)]
    rows += [line(f"l{n}", Decimal(p) / 100, ssp=Decimal(standalone[n]) / 100, **YEAR) for n, p in enumerate(prices)]
    rows.append(line("l0", Decimal(prices[0] + 777) / 100, "2021-05-05", ssp=Decimal(standalone[0]) / 100, **YEAR))
    books = run(rows)
    assert books["obligations"].get_column("allocated_amount").sum() == Decimal(sum(prices) + 777 + variable) / 100
    assert books["recognition_schedule"].get_column("amount").sum() == Decimal(sum(prices) + 777 + variable) / 100


def test_residual_and_ranges_of_standalone_prices() -> None:
    residual = [
        BASIS,
        choice("ssp_method", "residual", "test:sure"),
        contract(),
        line("known", "100", promise_kind="good", ssp="70"),
        line("sure", "30", promise_kind="good"),
    ]
    parts = run(residual)["price_allocations"].sort("obligation_id").get_column("allocated_amount").to_list()
    assert parts == [70, 60]  # 130 - 70


def costs_by_month(rows: list[Row]) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    frame = run([*BUNDLE, *rows])["contract_costs"]
    return [(f"{m:%Y-%m}", a, i, b) for m, a, i, b in frame.select("month", "amortised", "impaired", "balance").iter_rows()]


COMMISSION = fact(
    "costs", "test:commission", "2021-01-01", kind="commission", contract_id=CONTRACT, amount=Decimal(365), currency="USD"
)


def test_a_commission_is_amortised_over_the_service() -> None:
    months_of_cost = costs_by_month([COMMISSION, choice("contract_cost_expedient", "off")])
    assert months_of_cost[0] == ("2021-01", Decimal(31), Decimal(0), Decimal(334))
    assert months_of_cost[-1] == ("2021-12", Decimal(31), Decimal(0), Decimal(0))


def test_up_to_a_year_it_is_an_expense_at_once_unless_renewals_are_expected() -> None:
    assert costs_by_month([COMMISSION]) == [("2021-01", Decimal(365), Decimal(0), Decimal(0))]
    longer = estimate("benefit", CONTRACT, "amortisation_months", 24)
    assert costs_by_month([COMMISSION, longer])[-1][0] == "2022-12"


def test_what_is_left_of_it_when_the_contract_ends_is_impaired() -> None:
    gone = [line(name, "1", "2021-03-02", **columns) for name, columns in (("device", {}), ("service", YEAR))]
    ended = [(table, row | {"operation": "retract"}) for table, row in gone]
    months_of_cost = costs_by_month([COMMISSION, choice("contract_cost_expedient", "off"), *ended])
    # 60 days by 1 March: 365 - 60 = 305 are lost.
    assert months_of_cost[-1] == ("2021-03", Decimal(1), Decimal(305), Decimal(0))
