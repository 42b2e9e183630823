"""Which accounting periods are closed, from the log of closes and reopenings.

Per entity, book and module, periods close in order and reopen in reverse, so one month says it all: the first open one.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from lakehouse.errors import RtrError

MODULE = "revenue"
DEFAULT_BOOK = "us_gaap"


def standing_closes(period_log: pl.DataFrame) -> pl.DataFrame:
    """The log entries of periods that are closed now: their last entry is a close."""
    subject = ["legal_entity_id", "book", "module", "period"]
    return period_log.sort("sequence").unique(subset=subject, keep="last", maintain_order=True).filter(action="close")


def first_open_periods(period_log: pl.DataFrame, book: str = DEFAULT_BOOK) -> pl.DataFrame:
    """`legal_entity_id` and `first_open`, the first day of the first open month, for entities that have closed any."""
    closed = standing_closes(period_log).filter(book=book, module=MODULE)
    last = closed.group_by("legal_entity_id").agg(last_closed=pl.col("period").max())
    return last.select("legal_entity_id", first_open=pl.col("last_closed").dt.offset_by("1mo"))


def require_after_close(first_open: pl.DataFrame, as_of: date) -> None:
    """A view as of a day within closed periods would take back what they hold: RtrError AS_OF_IN_CLOSED_PERIOD."""
    beyond = first_open.filter(pl.col("first_open").dt.offset_by("-1d") > as_of).sort("legal_entity_id")
    if beyond.is_empty():
        return
    entity, opens = beyond.row(0)
    raise RtrError(
        "AS_OF_IN_CLOSED_PERIOD",
        f"Periods of {entity} before {opens:%Y-%m} are closed, and the books cannot be computed as of {as_of}.",
        "Choose a later --as-of, or reopen the periods with `rtr reopen`.",
    )
