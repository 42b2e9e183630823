"""Several entities and books from the same facts: policies tell the books apart, an entity keeps those that it names."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from tests.assets.revenue_facts import BOOKED_AT, Row, changes, fact, frames, invoice, moment, period_log, run

QUARTER = ("2024-01-15", "2024-04-15")
SOLD = invoice("in_1", "2024-01-15", [("91.00", *QUARTER)])


def entity(name: str = "default", **columns: Any) -> Row:
    stated = {"name": name, "functional_currency": "USD", "time_zone": "UTC", "fiscal_calendar": "month"} | columns
    return fact("legal_entities", name, "2020-01-01", legal_entity_id=name, **stated)


def by_month_in(book: str) -> Row:
    stated = {"scope": "*", "name": "recognition_method", "value": "straight_line_monthly", "adoption": "new_contracts"}
    return fact("policies", "p", "2020-01-01", book=book, effective_from=moment("2020-01-01"), **stated)


def of(book: str, journal: pl.DataFrame) -> dict[str, str]:
    return changes(journal.filter(book=book))["Revenue"]


def test_a_policy_of_one_book_leaves_the_other_alone() -> None:
    journal = run([entity(books="us_gaap, ifrs"), by_month_in("ifrs"), *SOLD])["journal"]
    assert of("us_gaap", journal) == {"2024-01": "17.00", "2024-02": "29.00", "2024-03": "31.00", "2024-04": "14.00"}
    assert of("ifrs", journal) == {"2024-01": "30.33", "2024-02": "30.34", "2024-03": "30.33"}
    assert journal.get_column("line_id").n_unique() == journal.height


def test_an_entity_keeps_the_books_that_it_names() -> None:
    other = invoice("in_2", "2024-01-15", [("91.00", *QUARTER)], legal_entity_id="abroad")
    journal = run([entity(), entity("abroad", books="ifrs"), *SOLD, *other])["journal"]
    kept = journal.select("legal_entity_id", "book").unique().sort("legal_entity_id").rows()
    assert kept == [("abroad", "ifrs"), ("default", "us_gaap")]


def test_a_book_closes_apart_from_the_other() -> None:
    rows = [entity(books="us_gaap,ifrs"), *SOLD]
    log = period_log(("close", "2024-01")).filter(book="us_gaap")
    journal = run(rows, "2024-02-29", log=log)["journal"]
    assert of("us_gaap", journal) == {"2024-02": "46.00"}
    assert of("ifrs", journal) == {"2024-01": "17.00", "2024-02": "29.00"}


def test_the_day_is_that_of_the_entitys_time_zone() -> None:
    late = {"legal_entity_id": "tokyo", "functional_currency": "JPY", "time_zone": "Asia/Tokyo"}
    tokyo = entity("tokyo", **{k: v for k, v in late.items() if k != "legal_entity_id"})
    sold = invoice("in_3", "2024-01-31T20:00:00", [("1000", None, None)], currency="JPY", legal_entity_id="tokyo")
    posted = run([tokyo, *sold])["journal"].select("posted_on", "accounting_period").unique().rows()
    assert sorted(posted) == [(date(2024, 2, 1), date(2024, 2, 1)), (date(2024, 2, 29), date(2024, 2, 1))]


def test_both_books_are_computed_from_one_set_of_facts() -> None:
    from assets.pipeline import compute
    from lakehouse.tables import gold, ops

    facts = frames([entity(books="us_gaap,ifrs"), *SOLD])
    books = compute(facts, ops.PERIOD_LOG.empty(), gold.JOURNAL.empty(), date(2024, 6, 30), BOOKED_AT)
    assert books["revenue_waterfall"].get_column("book").unique().sort().to_list() == ["ifrs", "us_gaap"]
    assert books["trial_balance"].get_column("book").unique().sort().to_list() == ["ifrs", "us_gaap"]
