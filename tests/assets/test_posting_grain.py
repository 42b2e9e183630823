"""Time alone posts by the period, or by the day where that is chosen; a period's end shows no difference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from tests.assets.revenue_facts import Row, cash, changes, fact, invoice, moment, run

BY_DAY = fact(
    "policies",
    "grain",
    "2020-01-01",
    scope="default",
    name="posting_grain",
    value="day",
    adoption="prospective",
    effective_from=moment("2020-01-01"),
)
BILLED = invoice("in_1", "2024-01-10", [("91.00", "2024-01-01", "2024-04-01")])
STORY: list[Row] = [
    *BILLED,
    cash("payment", "ch_1", "2024-01-10", "91.00", document_id="in_1"),
    cash("refund", "re_1", "2024-02-05", "9.10", payment_id="ch_1"),
]


def test_revenue_of_the_running_month_stands_in_the_journal_up_to_the_day() -> None:
    assert changes(run([BY_DAY, *BILLED], "2024-01-20")["journal"])["Revenue"] == {"2024-01": "20.00"}
    assert "Revenue" not in changes(run(BILLED, "2024-01-20")["journal"])


def test_a_day_appends_what_it_earned_and_corrects_nothing() -> None:
    before = run([BY_DAY, *BILLED], "2024-01-20")["journal"]
    added = run([BY_DAY, *BILLED], "2024-01-21", held=before)["added"]
    assert added.filter(account="Revenue").select("posted_on", "amount").rows() == [(date(2024, 1, 21), Decimal(-1))]
    assert not added.get_column("is_correction").any()


def test_service_before_the_booking_is_caught_up_on_its_day() -> None:
    journal = run([BY_DAY, *BILLED], "2024-01-31")["journal"].filter(account="Revenue").sort("posted_on")
    assert journal.row(0, named=True)["posted_on"] == date(2024, 1, 10)
    assert journal.row(0, named=True)["amount"] == Decimal(-10)  # the first to the tenth


def test_by_day_and_by_month_are_the_same_at_each_months_end() -> None:
    for as_of in ("2024-01-31", "2024-02-29", "2024-06-30"):
        by_day, by_month = (run([*choice, *STORY], as_of)["journal"] for choice in ([BY_DAY], []))
        assert changes(by_day) == changes(by_month)
        sums = by_day.group_by("entry_id").agg(pl.col("amount").sum())
        assert sums.filter(pl.col("amount") != 0).is_empty()
