"""How MRR moved: a customer is new once, churns once nothing is left, and everything adds up."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from assets.metrics.movements import MOVEMENTS
from tests.assets.revenue_facts import Row, run
from tests.assets.test_mrr import subscription


def moves(rows: list[Row], month: str) -> dict[str, dict[str, Decimal]]:
    """By currency, the movements of a month that are not zero."""
    frame = run(rows, "2024-12-31")["mrr_movements"].filter(pl.col("month").dt.strftime("%m") == month)
    return {row["currency"]: {kind: row[kind] for kind in MOVEMENTS if row[kind]} for row in frame.to_dicts()}


def ended(name: str, at: str, **columns: str) -> list[Row]:
    return subscription(name, at, status="canceled", **columns)


def test_a_second_subscription_is_an_expansion_and_losing_one_a_contraction() -> None:
    rows = [*subscription("a", "2024-01-05"), *subscription("b", "2024-02-05", "50"), *ended("a", "2024-03-05")]
    assert moves(rows, "01") == {"USD": {"new": Decimal(100)}}
    assert moves(rows, "02") == {"USD": {"expansion": Decimal(50)}}
    assert moves(rows, "03") == {"USD": {"contraction": Decimal(-100)}}


def test_another_currency_of_a_customer_is_no_new_customer() -> None:
    rows = [*subscription("a", "2024-01-05"), *subscription("b", "2024-02-05", "50", currency="EUR")]
    assert moves(rows, "02") == {"USD": {}, "EUR": {"expansion": Decimal(50)}}


def test_changing_currency_within_a_month_is_neither_churn_nor_new() -> None:
    rows = [
        *subscription("a", "2024-01-05"),
        *ended("a", "2024-02-05"),
        *subscription("b", "2024-02-05", "50", currency="EUR"),
    ]
    assert moves(rows, "02") == {"USD": {"contraction": Decimal(-100)}, "EUR": {"expansion": Decimal(50)}}


def test_churn_only_when_nothing_is_left_then_a_reactivation() -> None:
    rows = [
        *subscription("a", "2024-01-05"),
        *subscription("b", "2024-01-05", "50", currency="EUR"),
        *ended("a", "2024-03-05"),
        *ended("b", "2024-03-05", currency="EUR"),
        *subscription("c", "2024-06-05", "70", currency="EUR"),
    ]
    assert moves(rows, "03") == {"USD": {"churn": Decimal(-100)}, "EUR": {"churn": Decimal(-50)}}
    assert moves(rows, "04") == {}
    assert moves(rows, "06") == {"EUR": {"reactivation": Decimal(70)}}


def test_customers_are_counted_once_while_they_have_any() -> None:
    rows = [
        *subscription("a", "2024-01-05"),
        *subscription("b", "2024-02-05"),
        *subscription("c", "2024-02-05", customer_id="x"),
    ]
    counts = run(rows, "2024-03-31")["mrr_by_month"].sort("month").get_column("customers").to_list()
    assert counts == [1, 2, 2]


def test_opening_and_movements_give_closing() -> None:
    rows = [*subscription("a", "2024-01-05"), *subscription("a", "2024-03-05", "250"), *ended("a", "2024-07-05")]
    books = run(rows, "2024-12-31")
    for table in ("mrr_movements", "mrr_by_month"):
        frame = books[table]
        assert frame.filter(pl.col("opening") + pl.sum_horizontal(*MOVEMENTS) != pl.col("closing")).is_empty()
        assert frame.height == 7  # January to July, in which it churns
