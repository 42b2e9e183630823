"""Trial balance, deferred roll-forward, revenue by month: opening + movements = closing, without gaps."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import polars as pl

from assets.ledger.deferred_rollforward import MOVEMENT_OF
from tests.assets.revenue_facts import cash, credit_note, invoice, run

PERIOD = ("2024-01-01", "2024-07-01")  # 182 days
BOOKS = run(
    [
        *invoice("in_1", "2024-01-01", [("182.00", *PERIOD)]),
        cash("payment", "ch_1", "2024-01-01", "182.00", document_id="in_1"),
        cash("refund", "re_1", "2024-02-01", "18.20", payment_id="ch_1"),
        *invoice("in_2", "2024-01-01", [("182.00", *PERIOD)]),
        credit_note("cn_1", "2024-02-01", "in_2", "18.20"),
        *invoice("in_3", "2024-01-01", [("182.00", *PERIOD)], status="void", voided_at="2024-03-01", at="2024-03-01"),
    ],
    "2024-09-30",
)


def months(table: str, **which: str) -> list[dict[str, Decimal]]:
    return BOOKS[table].filter(**which).sort("accounting_period").to_dicts()


def test_the_roll_forward_says_what_moved() -> None:
    february = months("deferred_rollforward")[1]
    # Each 182: 1 a day. Two lose 10 % of the 151 days left; two earn 29 * 0.9, the third 29.
    assert february["opening"] == Decimal("453.00")
    assert (february["refunded"], february["credited"]) == (Decimal("-15.10"), Decimal("-15.10"))
    assert february["recognised"] == Decimal("-81.20")
    march = months("deferred_rollforward")[2]
    assert march["voided"] == Decimal("-122.00")  # what was left of the third: April to June and March


def test_openings_and_movements_give_closings_month_after_month() -> None:
    rows = months("deferred_rollforward")
    assert len(rows) == 9  # January to September, without gaps
    for row in rows:
        assert row["opening"] + sum(row[column] for column in MOVEMENT_OF) == row["closing"]
    assert all(later["opening"] == earlier["closing"] for earlier, later in pairwise(rows))
    assert rows[-1]["closing"] == 0


def test_the_trial_balance_closes_and_sums_to_zero() -> None:
    balance = BOOKS["trial_balance"]
    assert balance.filter(pl.col("opening") + pl.col("debit") - pl.col("credit") != pl.col("closing")).is_empty()
    assert balance.group_by("accounting_period").agg(pl.col("closing").sum()).get_column("closing").unique().to_list() == [
        0
    ]
    assert balance.filter((pl.col("debit") < 0) | (pl.col("credit") < 0)).is_empty()


def test_the_roll_forward_is_the_account() -> None:
    account = months("trial_balance", account="DeferredRevenue")
    assert [-row["closing"] for row in account] == [row["closing"] for row in months("deferred_rollforward")]


def test_net_revenue_is_gross_less_contra() -> None:
    rows = months("revenue_by_month")
    assert [row["gross_revenue"] for row in rows[:2]] == [Decimal("93.00"), Decimal("81.20")]
    assert rows[1]["contra_revenue"] == Decimal("-6.20")  # 10 % of 31, twice
    assert rows[2]["contra_revenue"] == Decimal("-60.00")  # the void: 31 + 29 days
    assert all(row["gross_revenue"] + row["contra_revenue"] == row["net_revenue"] for row in rows)


def test_what_was_posted_and_taken_back_within_a_month_does_not_swell_the_trial_balance() -> None:
    facts = invoice("in_1", "2024-01-01", [("182.00", *PERIOD)])
    direct = run(facts, "2024-01-31")
    wrong = invoice("in_1", "2024-01-01", [("100.00", *PERIOD)])
    after_a_correction = run(facts, "2024-01-31", held=run(wrong, "2024-01-31")["journal"])
    assert after_a_correction["trial_balance"].equals(direct["trial_balance"])
