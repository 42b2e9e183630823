"""Companies whose books are kept: what the accounting day and the books are taken from must be known."""

from __future__ import annotations

from zoneinfo import available_timezones

import polars as pl

from expectations.expectation import holds
from expectations.suite import silver_suite
from lakehouse.tables import silver

BOOKS = ("us_gaap", "ifrs")

SUITE = silver_suite(
    silver.LEGAL_ENTITIES,
    holds(
        "time_zone_is_known",
        "The time zone that decides the accounting day is one of the IANA database.",
        pl.col("time_zone").is_in(sorted(available_timezones())),
        shows=("time_zone",),
    ),
    holds(
        "books_are_known",
        f"Books are kept by {' or '.join(BOOKS)}.",
        pl.col("books").str.split(",").list.eval(pl.element().str.strip_chars().is_in(BOOKS)).list.all(),
        shows=("books",),
    ),
    holds(
        "weeks_have_a_first_day",
        "A calendar of weeks says on which day one of its years begins.",
        (pl.col("fiscal_calendar") == "month") | pl.col("fiscal_year_start").is_not_null(),
        shows=("fiscal_calendar", "fiscal_year_start"),
    ),
)
