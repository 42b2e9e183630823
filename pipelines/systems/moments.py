"""Moments as sources spell them, in UTC; what lies beyond 1990..2200 is a typing error or a wrong unit, never business."""

from __future__ import annotations

import datetime as dt
from datetime import datetime

import polars as pl

from pipelines.systems.interface import MOMENT

UTC = "UTC"
FIRST_MOMENT = datetime(1990, 1, 1, tzinfo=dt.UTC)
LAST_MOMENT = datetime(2200, 1, 1, tzinfo=dt.UTC)

DATE = r"^\d{4}-\d\d-\d\d"
# The offset in .NET's spelling only says how to show the moment: https://developer.xero.com/documentation/api/accounting/requests-and-responses
MILLISECONDS = r"^(?:/Date\()?(-?\d{9,14})(?:[+-]\d{4})?(?:\)/)?$"
NAIVE = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$"


def moment(text: pl.Expr) -> pl.Expr:
    """ISO 8601 with an offset or Z, or a date (its midnight in UTC); null for what is none or lies beyond 1990..2200."""
    whole = pl.when(text.str.contains(rf"{DATE}$")).then(pl.concat_str(text, pl.lit("T00:00:00Z"))).otherwise(text)
    spelled = whole.str.replace(r"[zZ]$", "+00:00").str.replace(" ", "T", literal=True)
    found = pl.coalesce(
        spelled.str.to_datetime(spelling, strict=False, time_unit="us", time_zone="UTC")
        for spelling in ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
    ).cast(MOMENT)
    return pl.when((found >= FIRST_MOMENT) & (found < LAST_MOMENT)).then(found)


def stamp(text: pl.Expr) -> pl.Expr:
    """A moment in ISO 8601 (without an offset it is UTC) or in milliseconds since 1970, bare or as .NET spells a date."""
    milliseconds = text.str.extract(MILLISECONDS, 1).cast(pl.Int64, strict=False)
    found = (milliseconds * 1_000).cast(MOMENT)
    return pl.coalesce(utc_moment(text), pl.when((found >= FIRST_MOMENT) & (found < LAST_MOMENT)).then(found))


def stamp_day(text: pl.Expr) -> pl.Expr:
    """The calendar day of such a moment: as written where it is ISO 8601, else in UTC."""
    return stamp(pl.when(text.str.contains(DATE)).then(text.str.slice(0, 10)).otherwise(text)).dt.date()


def day_begins(text: pl.Expr) -> pl.Expr:
    """The beginning of that calendar day in UTC; `in_zone` makes it that of another time zone."""
    return stamp_day(text).cast(MOMENT)


def day_ends(text: pl.Expr) -> pl.Expr:
    """The end of that calendar day: the beginning of the next."""
    return stamp_day(text).dt.offset_by("1d").cast(MOMENT)


def in_zone(midnight: pl.Expr, time_zone: str) -> pl.Expr:
    """A midnight of UTC as that of the same day in a time zone. Where clocks leave it out the day begins an hour later."""
    local = midnight.dt.replace_time_zone(None)
    begins = (
        moment.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
        for moment in (local, local + pl.duration(hours=1))
    )
    return pl.coalesce(begins).dt.convert_time_zone("UTC").cast(MOMENT)


def utc_moment(text: pl.Expr) -> pl.Expr:
    """The same where the source means UTC and does not write it, as in `2024-01-31T12:00:00`."""
    return moment(pl.when(text.str.contains(NAIVE)).then(pl.concat_str(text, pl.lit("Z"))).otherwise(text))
