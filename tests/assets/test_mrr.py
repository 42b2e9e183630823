"""Monthly recurring revenue: what counts, how it is normalised, how it moves."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.assets.revenue_facts import Row, fact, run
from tests.conftest import SHARED


def subscription(name: str, at: str, price: str = "100", *, quantity: str = "1", **columns: Any) -> list[Row]:
    """A contract with one monthly line, as an event of its source tells it."""
    event = f"{name}@{at}"
    line = {"currency": columns.pop("currency", "USD"), "billing_interval": columns.pop("interval", "month")}
    line |= {"usage_type": columns.pop("usage_type", "licensed"), "billing_interval_count": columns.pop("count", 1)}
    stated = {"status": "active", "customer_id": "cus"} | columns
    return [
        fact("contracts", name, at, event=event, **stated),
        fact(
            "contract_lines",
            f"{name}:si",
            at,
            event=event,
            contract_id=name,
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
            **line,
        ),
    ]


def closing(rows: list[Row], as_of: str = "2024-03-31") -> dict[str, str]:
    frame = run(rows, as_of)["mrr_by_month"].sort("month")
    return {f"{month:%m}": f"{amount:.2f}" for month, amount in frame.select("month", "closing").iter_rows() if amount}


@pytest.mark.parametrize(
    ("price", "terms", "expected"),
    [
        ("100", {}, "100.00"),
        ("1200", {"interval": "year"}, "100.00"),
        ("100", {"interval": "year"}, "8.33"),  # 100 / 12
        ("300", {"count": 3}, "100.00"),
        ("10", {"interval": "week"}, "43.33"),  # 10 * 52/12
        ("1", {"interval": "day"}, "30.42"),  # 365/12
        ("0.015", {"quantity": "333"}, "5.00"),  # 4.995: half to even
        ("0.005", {"quantity": "1.5"}, "0.01"),  # 0.0075
        ("1200", {"currency": "JPY", "interval": "year"}, "100.00"),
        ("1.234", {"currency": "KWD"}, "1.23"),
    ],
)
def test_a_line_is_normalised_to_a_month(price: str, terms: dict[str, Any], expected: str) -> None:
    assert closing(subscription("sub", "2024-03-05", price, **terms)) == {"03": expected}


@pytest.mark.parametrize(
    "terms",
    [{"status": "trialing"}, {"status": "unpaid"}, {"status": "canceled"}, {"usage_type": "metered"}, {"interval": None}],
)
def test_trials_metered_prices_and_unknown_intervals_have_none(terms: dict[str, Any]) -> None:
    assert closing(subscription("sub", "2024-03-05", **terms)) == {}


def test_past_due_counts_and_lasts_until_something_else_is_said() -> None:
    rows = [*subscription("sub", "2024-01-10"), *subscription("sub", "2024-02-10", status="past_due")]
    assert closing(rows) == {"01": "100.00", "02": "100.00", "03": "100.00"}


def test_only_months_that_ended_by_as_of_are_measured() -> None:
    assert closing(subscription("sub", "2024-01-10"), "2024-02-28") == {"01": "100.00"}
    assert closing(subscription("sub", "2024-01-10"), "2024-02-29") == {"01": "100.00", "02": "100.00"}


def test_a_contract_that_ended_has_none_from_that_month_on() -> None:
    assert closing(subscription("sub", "2024-01-10", end_at="2024-02-29T23:59:59")) == {"01": "100.00"}
    assert closing(subscription("sub", "2024-01-10", end_at="2024-03-01")) == {"01": "100.00", "02": "100.00"}


def test_a_line_that_the_latest_event_lacks_is_gone() -> None:
    first, second = subscription("sub", "2024-01-10"), subscription("sub", "2024-02-10", "70")
    second[1][1].update(object_id="sub:si2")
    assert closing([*first, *second]) == {"01": "100.00", "02": "70.00", "03": "70.00"}


def test_lines_told_one_by_one_each_stand() -> None:
    rows = subscription("sub", "2024-01-10")
    rows[1][1].update(source_event_id="line event")
    other = subscription("sub", "2024-02-10", "20")[1]
    other[1].update(source_event_id="another", object_id="sub:si2", row_key="test|another|x")
    assert closing([*rows, other]) == {"01": "100.00", "02": "100.00", "03": "100.00"}  # the contract spoke in January


def vector(name: str) -> dict[str, Any]:
    path = SHARED / "vectors" / "revenue_vectors.json"
    if not path.exists():
        pytest.skip("the published vectors are not beside the project")
    found: dict[str, Any] = next(v for v in json.loads(path.read_text())["vectors"] if v["id"] == name)
    return found


def test_the_published_normalisation() -> None:
    given = vector("stripe-mrr-normalised")
    rows = [
        row
        for number, plan in enumerate(given["inputs"]["plans"])
        for row in subscription(
            f"sub_{number}", "2024-03-05", plan["price"], quantity=str(plan["subscribers"]), interval=plan["interval"]
        )
    ]
    assert closing(rows) == {"03": given["expected"]["mrr"]}


NAMES = {"upgrade": "expansion", "downgrade": "contraction"}


@pytest.mark.parametrize("name", ["dbt-mrr-customer-1", "dbt-mrr-customer-10"])
def test_the_published_movements(name: str) -> None:
    given = vector(name)
    rows: list[Row] = []
    for start, end, price in given["inputs"]["periods"]:
        rows += subscription("sub", start, str(price))
        if end not in {begin for begin, _, _ in given["inputs"]["periods"]}:
            rows += subscription("sub", end, str(price), status="canceled")
    moved = run(rows, "2020-06-30")["mrr_movements"].sort("month").to_dicts()
    kinds = ("new", "reactivation", "expansion", "contraction", "churn")
    found = [
        {"month": f"{row['month']:%Y-%m}", "mrr": row["closing"], "change": row[kind], "category": kind}
        for row in moved
        for kind in kinds
        if row[kind]
    ]
    expected = [m | {"category": NAMES.get(m["category"], m["category"])} for m in given["expected"]["movements"]]
    assert found == expected
