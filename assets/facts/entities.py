"""The accounting day: the date of a moment in the time zone of the legal entity whose books are kept.

An entity that nothing is known of keeps UTC. Only the months of the calendar are supported as accounting periods.
"""

from __future__ import annotations

import polars as pl

from assets.facts.state import latest

UTC = "UTC"


def time_zones(legal_entities: pl.DataFrame) -> pl.DataFrame:
    """`legal_entity_id` and `time_zone` (IANA) of each entity that does not keep UTC."""
    stated = latest(legal_entities, by=("legal_entity_id",))
    return stated.filter(pl.col("time_zone") != UTC).select("legal_entity_id", "time_zone")


def with_accounting_days(frame: pl.DataFrame, zones: pl.DataFrame, days: dict[str, str]) -> pl.DataFrame:
    """The frame with a date for each moment: `days` maps the new column to the timestamp column it comes from."""
    if zones.is_empty():
        return frame.with_columns(pl.col(moment).dt.date().alias(day) for day, moment in days.items())
    names = sorted(zones.get_column("time_zone").unique())
    zoned = frame.join(zones, on="legal_entity_id", how="left", maintain_order="left")
    return zoned.with_columns(_local_day(moment, names).alias(day) for day, moment in days.items()).drop("time_zone")


def _local_day(moment: str, zones: list[str]) -> pl.Expr:
    """Polars converts a whole column to one zone at a time, so there is a branch for each zone in use."""
    day = pl.col(moment).dt.date()
    for zone in zones:
        local = pl.col(moment).dt.convert_time_zone(zone).dt.date()
        day = pl.when(pl.col("time_zone") == zone).then(local).otherwise(day)
    return day


def month_of(day: str) -> pl.Expr:
    """First day of the month of a date column."""
    return pl.col(day).dt.month_start()


def with_seconds_of_day(frame: pl.DataFrame, zones: pl.DataFrame, seconds: dict[str, str]) -> pl.DataFrame:
    """The frame with the second of the accounting day for each moment: `seconds` maps new columns to timestamp columns."""
    if zones.is_empty():
        return frame.with_columns(_second(pl.col(moment)).alias(name) for name, moment in seconds.items())
    names = sorted(zones.get_column("time_zone").unique())
    zoned = frame.join(zones, on="legal_entity_id", how="left", maintain_order="left")
    return zoned.with_columns(_local_second(moment, names).alias(name) for name, moment in seconds.items()).drop(
        "time_zone"
    )


def _second(moment: pl.Expr) -> pl.Expr:
    clock = moment.dt
    return clock.hour().cast(pl.Int64) * 3600 + clock.minute().cast(pl.Int64) * 60 + clock.second().cast(pl.Int64)


def _local_second(moment: str, zones: list[str]) -> pl.Expr:
    second = _second(pl.col(moment))
    for zone in zones:
        local = _second(pl.col(moment).dt.convert_time_zone(zone))
        second = pl.when(pl.col("time_zone") == zone).then(local).otherwise(second)
    return second
