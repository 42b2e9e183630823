"""Times as a feed writes them, in UTC.

A time without an offset is one of the feed's time zone. In the hour that comes twice in autumn it is the first of the two;
one in the hour that is left out in spring never was, and its row is rejected.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.interface import MOMENT
from pipelines.systems.moments import DATE, FIRST_MOMENT, LAST_MOMENT, moment

NUMBERS = {"unix_seconds": 1_000_000, "unix_milliseconds": 1_000}
LOCAL = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M")


def timestamp(text: pl.Expr, written: str, time_zone: str) -> pl.Expr:
    """The moment; null for what is none, or lies beyond 1990..2200."""
    if written in NUMBERS:
        return _within((text.cast(pl.Int64, strict=False) * NUMBERS[written]).cast(MOMENT))
    if written == "iso":
        spelled = text.str.replace(" ", "T", literal=True)
        day = pl.when(text.str.contains(rf"{DATE}$")).then(pl.concat_str(text, pl.lit("T00:00")))
        naive = pl.coalesce(pl.coalesce(day, spelled).str.to_datetime(f, strict=False, time_unit="us") for f in LOCAL)
        with_offset = pl.when(~text.str.contains(rf"{DATE}$")).then(moment(text))
        return _within(pl.coalesce(_in_utc(naive, time_zone), with_offset))
    if "%z" in written:
        return _within(text.str.to_datetime(written, strict=False, time_unit="us", time_zone="UTC"))
    return _within(_in_utc(text.str.to_datetime(written, strict=False, time_unit="us"), time_zone))


def day(text: pl.Expr, written: str, time_zone: str) -> pl.Expr:
    """The calendar day as it is written; of a moment, the day in the time zone."""
    if written == "iso":
        return text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return timestamp(text, written, time_zone).dt.convert_time_zone(time_zone).dt.date()


def _in_utc(naive: pl.Expr, time_zone: str) -> pl.Expr:
    return naive.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


def _within(found: pl.Expr) -> pl.Expr:
    return pl.when((found >= FIRST_MOMENT) & (found < LAST_MOMENT)).then(found.cast(MOMENT))
