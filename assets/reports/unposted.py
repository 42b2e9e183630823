"""What the schedule still has to post: the rows whose period has not ended."""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.ledger.daily import earned_by_day
from assets.recognition.computed import Recognised
from assets.recognition.schedule import recognition_schedule


def unposted_schedule(observed: Observed, recognised: Recognised) -> pl.DataFrame:
    """Rows of gold.recognition_schedule with `book` and `period_end`, of periods that end after `as_of`.

    What was taken back is posted on its day; it is no part of what time still has to post.
    """
    # A period of weeks has at most five and one more: nothing that began earlier is still running.
    running = pl.col("accounting_period").dt.offset_by("42d") > observed.as_of
    to_come = _less_posted_by_day(recognised.earned.filter(running), observed, recognised)
    rows = recognition_schedule(recognised.obligations, to_come.with_columns(contra=0), recognised.contract_basis)
    ends = observed.ledger.calendars.with_ends(rows, "accounting_period", "period_end")
    return ends.filter(pl.col("period_end") > observed.as_of).with_columns(book=pl.lit(observed.ledger.book))


def _less_posted_by_day(earned: pl.DataFrame, observed: Observed, recognised: Recognised) -> pl.DataFrame:
    """Rows less what entities that post by the day have posted of them."""
    keys = ["obligation", "service_period", "accounting_period"]
    days = earned_by_day(observed, recognised).group_by(keys).agg(posted=pl.col("gross").sum())
    if days.is_empty():
        return earned
    joined = earned.join(days.with_columns(pl.col("obligation").cast(earned.schema["obligation"])), on=keys, how="left")
    return joined.with_columns(gross=pl.col("gross") - pl.col("posted").fill_null(0)).drop("posted")
