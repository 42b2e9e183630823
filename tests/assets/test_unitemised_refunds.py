"""Refunds of which only the payment's total is known."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from tests.assets.revenue_facts import Row, cash, changes, invoice, run

BILLED = invoice("in_1", "2024-01-01", [("90.00", None, None)])


def charge(refunded: str, known_at: str) -> Row:
    """A payment as it stood when it was told: its effective time never moves."""
    stated = {"document_id": "in_1", "amount_refunded": Decimal(refunded), "known_at": known_at}
    return cash("payment", "ch_1", "2024-01-01", "90.00", **stated)


PAID = charge("0", "2024-01-01")
REFUNDED = charge("30.00", "2024-02-10")
ITEMISED = cash("refund", "re_1", "2024-02-09", "30.00", payment_id="ch_1")


def test_the_total_counts_from_when_it_was_first_told() -> None:
    books = run([*BILLED, PAID, REFUNDED, charge("30.00", "2024-03-01")])
    assert changes(books["journal"])["Refunds"] == {"2024-02": "30.00"}
    assert "ch_1:unitemised" in books["journal"].get_column("event_id").to_list()


def test_a_feed_that_gives_both_counts_once() -> None:
    books = run([*BILLED, PAID, REFUNDED, ITEMISED])
    assert changes(books["journal"])["Refunds"] == {"2024-02": "30.00"}
    assert "ch_1:unitemised" not in books["journal"].get_column("event_id").to_list()


def test_each_step_of_the_total_keeps_its_own_day() -> None:
    books = run([*BILLED, PAID, REFUNDED, charge("50.00", "2024-03-05")])
    assert changes(books["journal"])["Refunds"] == {"2024-02": "30.00", "2024-03": "20.00"}


def test_only_what_exceeds_the_known_refunds_counts() -> None:
    books = run([*BILLED, PAID, REFUNDED, ITEMISED, charge("50.00", "2024-03-05")])
    assert changes(books["journal"])["Refunds"] == {"2024-02": "30.00", "2024-03": "20.00"}


def test_a_refund_told_later_takes_its_place() -> None:
    before = run([*BILLED, PAID, REFUNDED])
    after = run([*BILLED, PAID, REFUNDED, ITEMISED], held=before["journal"])
    assert changes(after["journal"])["Refunds"] == {"2024-02": "30.00"}
    by_event = after["journal"].filter(account="Refunds").group_by("event_id").agg(pl.col("amount").sum())
    assert dict(by_event.iter_rows()) == {"ch_1:unitemised": Decimal(0), "re_1": Decimal(30)}


def test_a_failed_refund_is_no_refund_though_the_total_once_had_it() -> None:
    failed = cash("refund", "re_1", "2024-02-09", "30.00", payment_id="ch_1", status="failed")
    assert "Refunds" not in changes(run([*BILLED, PAID, REFUNDED, failed])["journal"])


def test_a_total_that_falls_again_counts_no_more_than_it_says() -> None:
    books = run([*BILLED, PAID, charge("50.00", "2024-02-10"), charge("20.00", "2024-02-20")])
    assert changes(books["journal"])["Refunds"] == {"2024-02": "20.00"}
