"""The company of many systems: what it tells, and its truth on cases small enough to work out by hand."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from pipelines.simulator.group import GroupResult, simulate_group
from pipelines.simulator.group.buyers import draw_buyer
from pipelines.simulator.group.model import BILLING, ERP, SHOP, Copy, Payment, Refund, Sale, Subscription, World
from pipelines.simulator.group.shapes import NativeShape, native_shapes
from pipelines.simulator.group.truth import earned, groups, money, recurring

JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> GroupResult:
    return simulate_group(tmp_path_factory.mktemp("group"), months=4, customers=60, seed=3, duplicates=0.1, shuffle=True)


def lines(result: GroupResult) -> list[bytes]:
    return [line for files in result.files.values() for path in files for line in path.read_bytes().splitlines()]


def test_equal_parameters_give_equal_bytes_and_another_seed_another_company(tmp_path: Path) -> None:
    one, same, other = (
        simulate_group(tmp_path / name, months=2, customers=10, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert lines(one) == lines(same)
    assert one.truth == same.truth
    assert lines(one) != lines(other)


def test_disorder_changes_no_truth(told: GroupResult, tmp_path: Path) -> None:
    ordered = simulate_group(tmp_path, months=4, customers=60, seed=3)
    assert ordered.truth == told.truth
    assert set(lines(ordered)) == set(lines(told))
    assert len(lines(ordered)) < len(lines(told)) == told.lines


def test_six_sales_in_ten_stand_in_two_systems_or_more(told: GroupResult) -> None:
    counts = told.truth["counts"]
    assert 0.6 <= counts["sales_in_several_systems"] / counts["sales"] < 0.65
    assert counts["copies_that_name_no_other"] > 0.5 * (counts["bills"] - counts["sales"])


def test_every_system_tells_its_part(told: GroupResult) -> None:
    tables = {
        system: {json.loads(line)["table"] for path in files for line in path.read_bytes().splitlines()}
        for system, files in told.files.items()
    }
    assert {"contracts", "documents", "cash", "usage"} <= tables[BILLING]
    assert {"documents", "cash"} <= tables[SHOP]
    assert {"documents", "cash", "cash_applications", "ledger_entries", "external_references"} <= tables[ERP]
    assert {"opportunities", "quotes"} <= tables["salesforce"]


def test_every_line_is_an_event_of_its_own(told: GroupResult) -> None:
    events = Counter(json.loads(line)["source_event_id"] for line in set(lines(told)))
    assert set(events.values()) == {1}


def test_ledger_entries_sum_to_zero(told: GroupResult) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for record in map(json.loads, set(lines(told))):
        if record["table"] == "ledger_entries":
            sums[record["entry_id"]] += Decimal(record["amount"])
    assert set(sums.values()) == {0}


def test_each_plant_is_there(told: GroupResult) -> None:
    kinds = {kind for kind, _, _ in told.truth["exceptions"]}
    assert kinds == {"amount", "currency", "date", "customer", "ambiguous", "missing_counterpart"}
    assert len(told.truth["settlements"]) == 3 + 3 + 2 + 2


def sale(*systems: str, served: tuple[date, date] | None = None) -> Sale:
    buyer = draw_buyer(Random(1), 1)
    made = Sale(1, buyer, 9_000, 900, date(2025, 1, 1), served, "Support")
    for system in systems:
        made.copies[system] = Copy(system, f"{system}:bill-1", None, made.day, 9_900, "USD", buyer.id_in(system))
    return made


def test_goods_are_earned_on_the_day_of_the_bill_that_counts() -> None:
    made = sale(SHOP, ERP)
    made.copies[ERP].day, made.copies[SHOP].day = date(2025, 1, 31), date(2025, 2, 1)
    assert [earned(made, day) for day in (JAN, FEB)] == [0, 9_000]


def test_a_service_is_earned_by_the_day() -> None:
    made = sale(BILLING, ERP, served=(date(2025, 1, 1), date(2025, 4, 1)))
    assert [earned(made, day) for day in (JAN, FEB, MAR)] == [3_100, 5_900, 9_000]  # a dollar a day, tax apart


def test_a_refund_lowers_revenue_from_its_day_on_and_is_one_with_its_credit_note() -> None:
    made = sale(BILLING, ERP)
    made.refund = Refund(f"{BILLING}:refund-1", f"{BILLING}:pay-1", date(2025, 2, 3), 500, f"{ERP}:credit-1")
    assert [earned(made, day) for day in (JAN, FEB)] == [9_000, 8_500]
    assert [f"{ERP}:credit-1", f"{BILLING}:refund-1"] in groups(World([], [made]))


def test_money_is_that_of_the_system_that_is_believed_first() -> None:
    made = sale(BILLING, ERP)
    made.payments = [
        Payment(system, f"{system}:pay-1", date(2025, 2, 1), amount, "USD", None)
        for system, amount in ((ERP, 9_000), (BILLING, 9_900))
    ]
    assert dict(money(World([], [made]), JAN)) == {}
    assert sum(money(World([], [made]), FEB).values()) == 9_900


def test_a_contract_in_two_systems_recurs_once() -> None:
    buyer = sale(BILLING).buyer
    ids, starts = {BILLING: "a", ERP: "b"}, {BILLING: date(2025, 1, 31), ERP: date(2025, 1, 31)}
    world = World([buyer], subscriptions=[Subscription("1", buyer, 4_900, date(2025, 1, 31), ids, starts)])
    assert recurring(world, [JAN])[buyer.currency] == {"2025-01": (4_900, 1)}


def test_a_shape_can_be_put_in_the_place_of_another() -> None:
    shapes = native_shapes()
    assert {shape.feed for shape in shapes.values()} == {"native"}
    order = next(NativeShape(SHOP).bill(sale(SHOP).copies[SHOP], sale(SHOP)))[1]
    assert order["object_id"] == "shopify:bill-1"


@pytest.mark.parametrize("wrong", [{"months": 0}, {"customers": 0}, {"start": date(2025, 1, 2)}, {"duplicates": 1.5}])
def test_parameters_out_of_range_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        simulate_group(tmp_path, **wrong)  # type: ignore[arg-type]
