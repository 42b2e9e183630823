"""Law 5: a closed period never changes; what is learned later posts in the first open one and keeps its service period."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from lakehouse.errors import RtrError
from tests.assets.revenue_facts import Row, cash, changes, invoice, period_log, run

BILLED = invoice("in_1", "2024-01-01", [("91.00", "2024-01-01", "2024-04-01")])
PAID = cash("payment", "ch_1", "2024-01-02", "91.00", document_id="in_1")
LATE = cash("refund", "re_1", "2024-02-01", "9.10", payment_id="ch_1")
KNOWN: list[Row] = [*BILLED, PAID]
CLOSED = period_log(("close", "2024-01"), ("close", "2024-02"))


def by_period(journal: pl.DataFrame, until: date) -> pl.DataFrame:
    return journal.filter(pl.col("accounting_period") <= until).sort("line_id")


def test_a_late_fact_leaves_closed_periods_alone() -> None:
    before = run(KNOWN, "2024-02-29")
    after = run([*KNOWN, LATE], "2024-04-30", held=before["journal"], log=CLOSED)
    february = date(2024, 2, 1)
    assert by_period(after["journal"], february).equals(by_period(before["journal"], february))


def test_it_posts_in_the_first_open_period_and_keeps_its_service_period() -> None:
    before = run(KNOWN, "2024-02-29")
    after = run([*KNOWN, LATE], "2024-04-30", held=before["journal"], log=CLOSED)
    moved = after["added"].filter(pl.col("service_period") == date(2024, 2, 1))
    assert moved.get_column("accounting_period").unique().to_list() == [date(2024, 3, 1)]
    assert moved.get_column("is_correction").all()
    found = changes(after["journal"])
    assert found["Refunds"] == {"2024-03": "3.10"}
    # February had 29.00 and should have had 26.10; March has 27.90 of its own: 27.90 - 2.90.
    assert found["Revenue"] == {"2024-01": "31.00", "2024-02": "29.00", "2024-03": "25.00"}


def test_reopening_moves_it_to_where_it_belongs() -> None:
    before = run(KNOWN, "2024-02-29")
    after = run([*KNOWN, LATE], "2024-04-30", held=before["journal"], log=CLOSED)
    reopened = period_log(("close", "2024-01"), ("close", "2024-02"), ("reopen", "2024-02"))
    again = run([*KNOWN, LATE], "2024-04-30", held=after["journal"], log=reopened)
    assert changes(again["journal"]) == changes(run([*KNOWN, LATE], "2024-04-30")["journal"])


def test_a_period_closed_again_freezes_what_it_holds_then() -> None:
    history = [("close", "2024-01"), ("reopen", "2024-01"), ("close", "2024-01")]
    before = run(KNOWN, "2024-02-29")
    after = run([*KNOWN, LATE], "2024-04-30", held=before["journal"], log=period_log(*history))
    assert changes(after["journal"])["Revenue"] == {"2024-01": "31.00", "2024-02": "26.10", "2024-03": "27.90"}


def test_an_invoice_learned_of_after_the_close_is_caught_up() -> None:
    after = run(KNOWN, "2024-04-30", log=CLOSED)
    found = changes(after["journal"])
    assert found["Revenue"] == {"2024-03": "91.00"}
    services = after["journal"].filter(account="Revenue").sort("service_period").get_column("service_period").to_list()
    assert services == [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)]
    assert after["journal"].group_by("entry_id").agg(pl.col("amount").sum()).get_column("amount").unique().to_list() == [0]


def test_what_was_posted_in_error_and_closed_is_taken_back_later() -> None:
    """The invoice turns out never to have been: retracted after January was closed."""
    before = run(KNOWN[:-1], "2024-01-31")
    table, row = BILLED[0]
    retraction = {"row_key": "test|gone|in_1", "source_event_id": "gone", "operation": "retract"}
    gone = (table, row | retraction | {"known_at": PAID[1]["ingested_at"]})
    after = run([*BILLED, gone], "2024-04-30", held=before["journal"], log=period_log(("close", "2024-01")))
    found = changes(after["journal"])
    assert found["AccountsReceivable"] == {"2024-01": "91.00", "2024-02": "-91.00"}
    assert found["Revenue"] == {"2024-01": "31.00", "2024-02": "-31.00"}


def test_another_entity_closes_on_its_own() -> None:
    other = invoice("in_2", "2024-01-01", [("91.00", None, None)], legal_entity_id="other")
    journal = run([*BILLED, *other], "2024-04-30", log=CLOSED)["journal"]
    posted = journal.filter(document_id="in_2", account="Revenue").get_column("accounting_period").to_list()
    assert posted == [date(2024, 1, 1)]


def test_the_books_cannot_be_computed_as_of_a_day_in_closed_periods() -> None:
    with pytest.raises(RtrError, match="AS_OF_IN_CLOSED_PERIOD"):
        run(KNOWN, "2024-02-28", log=CLOSED)
