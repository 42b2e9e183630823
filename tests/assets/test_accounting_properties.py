"""Law 4 on random companies: the books are what an independent, one-line-at-a-time computation says, to the minor unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import HealthCheck, given, settings

from tests.assets.revenue_facts import Row, fact, moment, run
from tests.assets.revenue_oracle import contra_by_kind, deferred_and_net, month_end
from tests.assets.revenue_stories import EXPONENTS, Story, a_company

CONTRA = {
    "refund": "Refunds",
    "dispute": "Disputes",
    "credit_note": "CreditNotes",
    "void": "Voids",
    "uncollectible": "BadDebt",
}
NET = ["Revenue", *CONTRA.values()]
# Running all rules takes 0.1 s however few the facts: few examples, each with many invoices.
slowly = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def rows_of(stories: list[Story]) -> list[Row]:
    return [row for story in stories for row in story.rows]


def balance(journal: pl.DataFrame, story: Story, accounts: list[str], until: date) -> int:
    """Balance of some accounts of an invoice at the end of a month, credit positive, in minor units."""
    chosen = journal.filter(
        (pl.col("document_id") == story.name) & pl.col("account").is_in(accounts) & (pl.col("accounting_period") <= until)
    )
    return int(-(chosen.get_column("amount").sum() or Decimal(0)) * 10 ** EXPONENTS[story.currency])


def judge(stories: list[Story], journal: pl.DataFrame) -> None:
    for story in stories:
        first = story.told.booked.replace(day=1)
        for number in range(20):
            index = first.year * 12 + first.month - 1 + number
            month = date(index // 12, index % 12 + 1, 1)
            deferred, net = deferred_and_net(story.told, month_end(month))
            assert balance(journal, story, ["DeferredRevenue"], month) == deferred
            assert balance(journal, story, NET, month) == net
        for kind, amount in contra_by_kind(story.told).items():
            assert -balance(journal, story, [CONTRA[kind]], date(2029, 1, 1)) == amount


@given(stories=a_company())
@slowly
def test_revenue_and_deferral_are_what_the_definitions_say(stories: list[Story]) -> None:
    judge(stories, run(rows_of(stories))["journal"])


@given(stories=a_company())
@slowly
def test_by_month_too(stories: list[Story]) -> None:
    policy = fact("policies", "p", "2020-01-01", scope="*", name="recognition_method", adoption="new_contracts")
    policy[1].update(value="straight_line_monthly", effective_from=moment("2020-01-01"))
    for story in stories:
        object.__setattr__(story.told, "monthly", True)
    judge(stories, run([policy, *rows_of(stories)])["journal"])


@given(stories=a_company())
@slowly
def test_money_is_conserved(stories: list[Story]) -> None:
    books = run(rows_of(stories))
    entries = books["journal"].group_by("entry_id", "currency").agg(pl.col("amount").sum())
    assert entries.filter(pl.col("amount") != 0).is_empty()
    due = books["obligations"].select("obligation_id", due=pl.col("allocated_amount") - pl.col("returned_amount"))
    spread = books["recognition_schedule"].group_by("obligation_id").agg(pl.col("amount").sum())
    both = due.join(spread, on="obligation_id", how="full", coalesce=True).with_columns(
        pl.col("due", "amount").fill_null(0)
    )
    assert both.filter(pl.col("due") != pl.col("amount")).is_empty()
    assert books["contracts"].get_column("transaction_price").sum() == due.get_column("due").sum()
    # Everything is over by 2029: nothing is deferred, and what was earned is what the schedule says.
    net = books["revenue_by_month"].get_column("net_revenue").sum()
    assert net == books["recognition_schedule"].get_column("amount").sum()
    last = books["deferred_rollforward"].group_by("currency").agg(pl.col("closing").sort_by("accounting_period").last())
    assert last.filter(pl.col("closing") != 0).is_empty()
