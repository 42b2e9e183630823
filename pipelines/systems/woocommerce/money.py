"""WooCommerce's amounts: decimal texts in major units, which may have more decimals than the currency.

A shop whose prices contain tax computes the net of each line to six decimals and rounds only sums
(https://woocommerce.com/document/setting-up-taxes-in-woocommerce/); the REST API shows each figure rounded to two, or to
what `dp` asks for (https://developer.woocommerce.com/docs/apis/rest-api/v3/orders/). Lines are therefore rounded here to
the minor unit cumulatively, half to even, so that they sum to their rounded sum. What is then missing to the order's total
is the rounding of the figures as they were shown: at most half a minor unit for each, and only where prices contain tax.
It is kept as a line of its own; anything more, or in a shop without such prices, does not tie.
"""

from __future__ import annotations

import polars as pl

from lakehouse.currencies import exponents
from pipelines.systems.shop_money import WIDE

FINE = pl.Decimal(38, 12)
_UNITS = {currency: 10**exponent for currency, exponent in sorted(exponents().items())}


def units(currency: pl.Expr) -> pl.Expr:
    """How many minor units make a major unit, by ISO 4217."""
    return currency.replace_strict(_UNITS, default=100, return_dtype=pl.Int64)


def rounded(amount: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """The amount in whole minor units, half to even, as major units."""
    scale = unit.cast(pl.Decimal(38, 0))
    return ((amount.cast(FINE) * scale).round(0).cast(WIDE) / unit.cast(WIDE)).cast(WIDE)


def rounded_lines(amount: pl.Expr, unit: pl.Expr, within: str = "_row") -> pl.Expr:
    """Amounts rounded so that, in their order, they sum to their rounded sum."""
    up_to = amount.cast(FINE).cum_sum().over(within)
    return rounded(up_to, unit) - rounded(up_to - amount.cast(FINE), unit)
