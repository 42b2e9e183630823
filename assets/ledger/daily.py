"""Recognition by the day, for entities whose policy `posting_grain` says so: the same rule with days for periods.

What a day earns is the difference of what is deferred at its begin and at its end, so days sum to their period to the cent,
and revenue of the running period stands in the journal up to `as_of`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from assets.facts.calendars import Calendars
from assets.facts.choices import POSTING_GRAIN
from assets.facts.observed import Observed
from assets.recognition.computed import Recognised
from assets.recognition.service_months import service_months

DAY = "day"


def of_days(observed: Observed) -> pl.Expr:
    """Whether the entity of a row posts by the day."""
    # A condition on the row itself: a filter does not stretch a literal to the length of its frame.
    return pl.col("legal_entity_id").is_not_null() & (observed.ledger.choices.of_entity(POSTING_GRAIN) == DAY)


def earned_by_day(observed: Observed, recognised: Recognised) -> pl.DataFrame:
    """What obligations of entities that post by the day earn by `as_of`, minor units.

    Returns obligation, gross, service_period, accounting_period and posted_on; nothing where no entity does so.
    """
    daily = recognised.obligations.filter(of_days(observed))
    schema = dict.fromkeys(("service_period", "accounting_period", "posted_on"), pl.Date)
    if daily.is_empty():
        return pl.DataFrame(schema={"obligation": pl.UInt32, "gross": pl.Int64, **schema})
    days = _days(daily, observed.as_of)
    earned = service_months(daily, recognised.unwound, recognised.recovered.lines, days)
    dated = earned.filter((pl.col("accounting_period") <= observed.as_of) & (pl.col("gross") != 0)).rename(
        {"service_period": "served_on", "accounting_period": "posted_on"}
    )
    entities = daily.select("obligation", "legal_entity_id")
    periods = {"service_period": "served_on", "accounting_period": "posted_on"}
    named = observed.ledger.calendars.with_periods(dated.join(entities, on="obligation"), periods)
    return named.group_by("obligation", *periods, "posted_on").agg(pl.col("gross").sum())


def without_days(observed: Observed, recognised: Recognised) -> Recognised:
    """The same without what obligations of those entities earn by period."""
    daily = recognised.obligations.filter(of_days(observed)).select("obligation")
    return replace(recognised, earned=recognised.earned.join(daily, on="obligation", how="anti"))


def _days(obligations: pl.DataFrame, as_of: date) -> Calendars:
    """A calendar in which every day up to `as_of` is a period of its own."""
    first = obligations.group_by("legal_entity_id").agg(first=pl.min_horizontal("service_from", "booked_on").min())
    begun = first.filter(pl.col("first") <= as_of)
    days = begun.with_columns(period=pl.date_ranges("first", pl.lit(as_of), "1d")).explode("period")
    return Calendars(days.select("legal_entity_id", "period", period_end="period").sort("legal_entity_id", "period"))
