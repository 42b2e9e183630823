"""From whole numbers of minor units to money in major units. How many make a major unit is each system's own rule."""

from __future__ import annotations

import polars as pl

from lakehouse.currencies import exponents
from lakehouse.types import POLARS_TYPES, Kind

# Wide enough for any amount that passes the reading (10^15 minor units) at scale 4.
_WIDE_MONEY, _WIDE_RATE = pl.Decimal(38, 4), pl.Decimal(38, 12)

_ISO_UNITS = {currency: 10**exponent for currency, exponent in exponents().items()}


def iso_units(currency: pl.Expr) -> pl.Expr:
    """How many minor units make a major unit by ISO 4217, by code in capitals."""
    return currency.replace_strict(_ISO_UNITS, default=100, return_dtype=pl.Int64)


def major(minor: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """A whole number of minor units as money in major units; exact where a unit has at most four decimals."""
    return (minor.cast(_WIDE_MONEY) / unit.cast(_WIDE_MONEY)).cast(POLARS_TYPES[Kind.MONEY])


def major_rate(minor: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """A price in minor units, with up to twelve decimals, as a rate in major units; rounded half to even at 12 decimals."""
    return (minor.cast(_WIDE_RATE) / unit.cast(_WIDE_RATE)).cast(POLARS_TYPES[Kind.RATE])
