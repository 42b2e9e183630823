"""The company of many systems: what it tells, and its truth on cases small enough to work out by hand."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from pipelines.simulator.group import GroupResult, simulate_group
from pipelines.simulator.group.buyers import draw_buyer
from pipelines.simulator.group.ids import Ids, local
from pipelines.simulator.group.model import (
    BILLING,
    BOOKS,
    CRM,
    ERP,
    METER,
    SHOP,
    Buyer,
    Copy,
    Payment,
    Refund,
    Sale,
    Subscription,
    World,
)
from pipelines.simulator.group.shape import Record
from pipelines.simulator.group.truth import earned, groups, money, recurring, standing
from pipelines.simulator.group.vendors import vendor_shapes
from pipelines.systems import SYSTEMS
from tests.pipelines.systems.normalising import block

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


def of_system(result: GroupResult, system: str) -> list[Record]:
    return [json.loads(line) for path in result.files[system] for line in set(path.read_bytes().splitlines())]


@pytest.mark.parametrize(
    ("system", "kinds"),
    [
        (
            BILLING,
            {
                *("customer.created", "customer.tax_id.created", "customer.subscription.created", "invoice.finalized"),
                *("invoice.updated", "invoice.paid", "invoice_payment.paid", "charge.succeeded", "refund.created"),
            },
        ),
        (SHOP, {"customers/create", "orders/create", "order_transactions/create", "orders/paid"}),
        (ERP, {"customer", "invoice", "customerPayment", "creditMemo"}),
        (CRM, {"Account", "Opportunity.CREATE", "Opportunity.UPDATE", "Quote.CREATE"}),
        (METER, {"usage"}),
        (BOOKS, {"contracts", "contract_lines", "ledger_entries"}),
    ],
)
def test_every_record_is_read_as_what_its_vendor_calls_it(told: GroupResult, system: str, kinds: set[str]) -> None:
    feed = told.feeds[system]
    payloads = sorted(line for path in told.files[system] for line in set(path.read_bytes().splitlines()))
    read = SYSTEMS[feed].normalise(block(payloads, feed))
    assert set(read.events["disposition"]) == {"mapped"}
    assert set(read.events["event_type"]) == kinds
    assert read.events["source_event_id"].is_unique().all()
    for name, frame in read.facts.items():
        assert frame["row_key"].is_unique().all(), name


def test_no_system_is_told_the_ids_of_silver(told: GroupResult) -> None:
    for system in (BILLING, SHOP, ERP, CRM, METER):
        assert not any(
            f'"{name}:' in json.dumps(record) for record in of_system(told, system) for name in (BILLING, SHOP, ERP)
        )


def test_ids_are_those_of_the_vendor() -> None:
    new_id = Ids()
    assert new_id(BILLING, "bill").startswith("stripe:in_1")
    assert new_id(SHOP, "bill") == "shopify:5510000032768"
    # The ERP counts all its transactions together.
    assert [new_id(ERP, what) for what in ("bill", "payment")] == ["netsuite:transaction/4001", "netsuite:transaction/4002"]
    assert local("netsuite:transaction/4001") == "4001"
    assert len(local(new_id(CRM, "deal"))) == 18


def test_a_name_elsewhere_is_learnt_when_the_other_system_has_the_sale() -> None:
    made = sale(BILLING, ERP)
    made.copies[ERP].named, made.copies[ERP].day = "id", date(2025, 1, 3)
    (day, first), (later, second) = vendor_shapes()[BILLING].bill(made.copies[BILLING], made)
    assert (day, first["data"]["object"]["metadata"]) == (date(2025, 1, 1), {})
    assert (later, second["data"]["object"]["metadata"]) == (date(2025, 1, 3), {"netsuite_invoice_id": "1"})


def test_ledger_entries_sum_to_zero(told: GroupResult) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for record in of_system(told, BOOKS):
        if record["table"] == "ledger_entries":
            sums[record["entry_id"]] += Decimal(record["amount"])
    assert set(sums.values()) == {0}


def test_each_plant_is_there(told: GroupResult) -> None:
    kinds = {kind for kind, _, _ in told.truth["exceptions"]}
    assert kinds == {"amount", "currency", "date", "customer", "ambiguous", "missing_counterpart"}
    assert len(told.truth["settlements"]) == 3 + 3 + 2 + 2


def buyer() -> Buyer:
    return draw_buyer(Random(1), 1, Ids())


def sale(*systems: str, served: tuple[date, date] | None = None) -> Sale:
    made = Sale(1, buyer(), 9_000, 900, date(2025, 1, 1), served, "Support")
    for system in systems:
        name = "transaction/1" if system == ERP else "1"
        made.copies[system] = Copy(system, f"{system}:{name}", "#1", made.day, 9_900, "USD", made.buyer.id_in(system))
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
    who = buyer()
    ids, starts = {BILLING: "a", ERP: "b"}, {BILLING: date(2025, 1, 31), ERP: date(2025, 1, 31)}
    world = World([who], subscriptions=[Subscription(1, who, 4_900, date(2025, 1, 31), ids, starts, "d", "q")])
    assert recurring(world, [JAN])[who.currency] == {"2025-01": (4_900, 1)}


def test_what_a_day_finds_is_what_was_sold_less_what_was_earned_and_paid() -> None:
    made = sale(BILLING, ERP, served=(date(2025, 1, 1), date(2025, 4, 1)))
    stated, silent = (
        Payment(BILLING, f"{BILLING}:{name}", date(2025, 1, 20), 3_000, made.buyer.currency, None) for name in ("a", "b")
    )
    stated.documents = {made.counted.id: 3_000}
    found = standing(World([], [made], loose=[stated, silent]), JAN)[made.buyer.currency]
    # 90.00 a quarter, 31 of its 90 days over; 99.00 owed less 30.00, and 30.00 that nobody assigns.
    assert dict(found) == {
        "sold": 9_000,
        "tax": 900,
        "given_back": 0,
        "deferred": 5_900,
        "receivable": 6_900,
        "unapplied": 3_000,
    }


@pytest.mark.parametrize("wrong", [{"months": 0}, {"customers": 0}, {"start": date(2025, 1, 2)}, {"duplicates": 1.5}])
def test_parameters_out_of_range_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        simulate_group(tmp_path, **wrong)  # type: ignore[arg-type]
