"""Stripe's minor units, and how they become major units.

The rule (docs.stripe.com/currencies): an amount is a whole number of minor units, a hundredth of the major unit, except:
* zero-decimal currencies, whose amounts are in major units (ZERO_DECIMAL);
* three-decimal currencies, whose amounts are in thousandths (THREE_DECIMAL; the last digit is always 0);
* ISK and UGX became zero-decimal currencies, but Stripe still represents them with two decimals.
This is not ISO 4217: MGA has two decimals there, and ISK and UGX none.
"""

from __future__ import annotations

import polars as pl

from lakehouse.types import POLARS_TYPES, Kind
from pipelines.systems.leaves import CURRENCIES

ZERO_DECIMAL = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMAL = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))

# Wide enough for any amount that passes the reading (10^15 minor units) at scale 4.
_WIDE_MONEY, _WIDE_RATE = pl.Decimal(38, 4), pl.Decimal(38, 12)


def decimals(currency: str) -> int:
    """Decimals of an amount that Stripe gives in this currency (ISO 4217 code in capitals)."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


_UNITS = {currency: 10 ** decimals(currency) for currency in sorted(CURRENCIES)}


def units(currency: pl.Expr) -> pl.Expr:
    """How many minor units make a major unit, by ISO code."""
    return currency.replace_strict(_UNITS, default=100, return_dtype=pl.Int64)


def major(minor: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """A whole number of minor units as money in major units; exact, as no unit has more than three decimals."""
    return (minor.cast(_WIDE_MONEY) / unit.cast(_WIDE_MONEY)).cast(POLARS_TYPES[Kind.MONEY])


def major_rate(minor: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """A price in minor units, with up to twelve decimals, as a rate in major units; rounded half to even at 12 decimals."""
    return (minor.cast(_WIDE_RATE) / unit.cast(_WIDE_RATE)).cast(POLARS_TYPES[Kind.RATE])
