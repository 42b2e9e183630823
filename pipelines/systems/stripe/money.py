"""Stripe's minor units, and how they become major units.

The rule (docs.stripe.com/currencies): an amount is a whole number of minor units, a hundredth of the major unit, except:
* zero-decimal currencies, whose amounts are in major units (ZERO_DECIMAL);
* three-decimal currencies, whose amounts are in thousandths (THREE_DECIMAL; the last digit is always 0);
* ISK and UGX became zero-decimal currencies, but Stripe still represents them with two decimals.
This is not ISO 4217: MGA has two decimals there, and ISK and UGX none.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.leaves import CURRENCIES

ZERO_DECIMAL = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMAL = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def decimals(currency: str) -> int:
    """Decimals of an amount that Stripe gives in this currency (ISO 4217 code in capitals)."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


_UNITS = {currency: 10 ** decimals(currency) for currency in sorted(CURRENCIES)}


def units(currency: pl.Expr) -> pl.Expr:
    """How many minor units make a major unit, by ISO code."""
    return currency.replace_strict(_UNITS, default=100, return_dtype=pl.Int64)
