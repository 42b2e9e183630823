"""How often a line recurs and for how long, in HubSpot's words.

https://developers.hubspot.com/docs/guides/api/crm/objects/line-items
"""

from __future__ import annotations

import polars as pl

# recurringbillingfrequency; a line without one is billed once.
FREQUENCIES: dict[str, tuple[str, int]] = {
    "weekly": ("week", 1),
    "biweekly": ("week", 2),
    "monthly": ("month", 1),
    "quarterly": ("month", 3),
    "per_six_months": ("month", 6),
    "annually": ("year", 1),
    "per_two_years": ("year", 2),
    "per_three_years": ("year", 3),
    "per_four_years": ("year", 4),
    "per_five_years": ("year", 5),
}
_INTERVALS = {name: interval for name, (interval, _) in FREQUENCIES.items()}
_COUNTS = {name: count for name, (_, count) in FREQUENCIES.items()}
# PnYnMnD or PnW
PERIOD = r"^P(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?)$"


def interval(frequency: str) -> pl.Expr:
    """Length of a billing period: day, week, month or year."""
    return pl.col(frequency).replace_strict(_INTERVALS, default=None, return_dtype=pl.String)


def interval_count(frequency: str) -> pl.Expr:
    """How many of it a billing period has."""
    return pl.col(frequency).replace_strict(_COUNTS, default=None, return_dtype=pl.Int64)


def end_of_term(start: str, period: str) -> pl.Expr:
    """The first moment after a term that begins at a moment and lasts an ISO 8601 period; null where either is missing."""
    parts = [
        pl.concat_str(pl.col(period).str.extract(rf"(\d{{1,4}}){letter}").fill_null("0"), pl.lit(unit))
        for letter, unit in (("Y", "y"), ("M", "mo"), ("W", "w"), ("D", "d"))
    ]
    length = pl.concat_str(parts)
    known = pl.col(start).is_not_null() & pl.col(period).str.contains(PERIOD)
    return pl.when(known).then(pl.col(start).dt.offset_by(pl.when(known).then(length).otherwise(pl.lit("0d"))))
