"""Which accounting periods are closed, from the log of closes and reopenings.

Per entity, book and module, periods close in order and reopen in reverse, so one period says it all: the first open one.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.books import DEFAULT_BOOK
from assets.facts.calendars import MONTHS, Calendars
from assets.ledger.accounts import REVENUE_MODULE
from lakehouse.errors import RtrError

MODULE = REVENUE_MODULE
__all__ = ["DEFAULT_BOOK", "MODULE", "first_open_periods", "require_after_close", "standing_closes"]


def standing_closes(period_log: pl.DataFrame) -> pl.DataFrame:
    """The log entries of periods that are closed now: their last entry is a close."""
    subject = ["legal_entity_id", "book", "module", "period"]
    return period_log.sort("sequence").unique(subset=subject, keep="last", maintain_order=True).filter(action="close")


def first_open_periods(period_log: pl.DataFrame, book: str = DEFAULT_BOOK, calendars: Calendars = MONTHS) -> pl.DataFrame:
    """`legal_entity_id`, `module` and `first_open`, the first day of the first open period, where any was closed."""
    closed = standing_closes(period_log).filter(book=book)
    last = closed.group_by("legal_entity_id", "module").agg(last_closed=pl.col("period").max())
    return calendars.after(last, "last_closed", "first_open").select("legal_entity_id", "module", "first_open")


def require_after_close(first_open: pl.DataFrame, as_of: date) -> None:
    """A view as of a day within closed periods would take back what they hold: RtrError AS_OF_IN_CLOSED_PERIOD."""
    beyond = first_open.filter(pl.col("first_open").dt.offset_by("-1d") > as_of).sort("legal_entity_id", "module")
    if beyond.is_empty():
        return
    entity, _, opens = beyond.row(0)
    raise RtrError(
        "AS_OF_IN_CLOSED_PERIOD",
        f"Periods of {entity} before {opens} are closed, and the books cannot be computed as of {as_of}.",
        "Choose a later --as-of, or reopen the periods with `rtr reopen`.",
    )
