"""A rule that fits only the printed numbers breaks as soon as they are told otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from lakehouse.tables import gold
from tests.assets.revenue_facts import posted, run
from tests.vectors.adapters import ADAPTERS
from tests.vectors.comparison import differences
from tests.vectors.example import Books, Example, Told
from tests.vectors.perturbed import batches, earlier, later, named_back, renamed, scaled

FACTOR = 1000
BALANCE = ["contract_id", "obligation_id", "account", "currency", "service_period", "accounting_period"]


def told(example: Example) -> Told:
    case = ADAPTERS[example.topic].tell(example)
    if case.closed:
        pytest.skip("about a period that is closed, which these tests open")
    return case


def assert_as_printed(example: Example, books: Books) -> None:
    adapter = ADAPTERS[example.topic]
    unequal = differences(adapter.read(books, example), example.expected, adapter.not_in_gold, adapter.tolerance)
    if unequal:
        pytest.fail("\n".join(unequal))


def balances(journal: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return journal.group_by(by).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0).sort(by)


def test_other_names_and_order(example: Example) -> None:
    case = told(example)
    rows, names = renamed(case.rows)
    assert_as_printed(example, named_back(run(rows[::-1], case.as_of), names))


def test_four_years_later(example: Example) -> None:
    case = told(example)
    as_of = case.as_of.replace(case.as_of[:4], str(int(case.as_of[:4]) + 4))
    assert_as_printed(example, earlier(run(later(case.rows), as_of)))


def test_a_thousand_times_the_money(example: Example) -> None:
    """What moved in an account is a thousand times as much, but for the rounding of the smaller."""
    case = told(example)
    by = ["account", "currency", "accounting_period"]
    small = balances(run(case.rows, case.as_of)["journal"], by)
    large = balances(run(scaled(case.rows, FACTOR), case.as_of)["journal"], by)
    both = small.join(large, on=by, how="full", coalesce=True, suffix="_large").with_columns(
        pl.col("amount", "amount_large").fill_null(0)
    )
    for row in both.iter_rows(named=True):
        # Cents that are rounded in a month may be many, where each line of the month has its own.
        assert abs(row["amount_large"] / FACTOR - row["amount"]) <= Decimal("0.05"), row


@pytest.mark.parametrize("seed", [1, 2])
def test_in_pieces(example: Example, seed: int) -> None:
    """Facts in any order and any batches give the same balances (law 3)."""
    case = told(example)
    held = gold.JOURNAL.empty()
    for arrived in batches(case.rows, seed):
        held = posted(arrived, case.as_of, held)
    once = run(case.rows, case.as_of)["journal"]
    assert balances(held, BALANCE).equals(balances(once, BALANCE))


def test_with_a_close_in_between(example: Example) -> None:
    """A period closed on half of the facts stays as it was; the books end where they end without it (law 5)."""
    case = told(example)
    some, _, everything = batches(case.rows, 3)
    end = date.fromisoformat(case.as_of)
    held = posted(some, case.as_of)
    periods = held.get_column("accounting_period").unique().sort()
    months = [m for m in periods if m.replace(day=1) < end.replace(day=1)]
    if not months:
        pytest.skip("nothing of the first batch is posted in a month that can be closed")
    closed = months[len(months) // 2]
    log = close_until(closed)
    after = posted(everything, case.as_of, held, log)
    frozen = pl.col("accounting_period") <= closed
    assert after.filter(frozen).sort("line_id").equals(held.filter(frozen).sort("line_id"))
    by = ["contract_id", "obligation_id", "account", "currency", "service_period"]
    assert balances(after, by).equals(balances(run(everything, case.as_of)["journal"], by))


def close_until(month: date) -> pl.DataFrame:
    from tests.assets.revenue_facts import period_log

    return period_log(("close", f"{month:%Y-%m}"))
