"""Exact integer division, half to even: the one rounding of this system.

Half to even because it has no bias over many lines, and because Python's `round(Fraction)` does the same, so that an
auditor can recompute any number by hand. No float takes part.
"""

from __future__ import annotations

import polars as pl


def divide_half_even(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """`numerator / denominator` as the nearest integer, a tie going to the even one.

    Both are integers of one type; the denominator is positive. Twice the denominator must fit the type.
    """
    quotient = numerator // denominator
    twice = (numerator - quotient * denominator) * 2
    return quotient + _up(twice, quotient, denominator)


def portion(amount: pl.Expr, part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """`amount * part / whole`, half to even, where part and whole count units (days, months), 0 <= part <= whole.

    The amount is split by the whole first, so that Int64 holds every product: whole * whole, never amount * whole.
    """
    per_unit = amount // whole
    rest = (amount - per_unit * whole) * part
    carried = rest // whole
    quotient = per_unit * part + carried
    twice = (rest - carried * whole) * 2
    return quotient + _up(twice, quotient, whole)


def share(amount: pl.Expr, part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """`amount * part / whole`, half to even, where all three are money and the whole is not zero.

    Two amounts multiplied need up to 38 digits: computed in Int128, returned as Int64.
    """
    sign = whole.sign().cast(pl.Int128)
    product = amount.cast(pl.Int128) * part.cast(pl.Int128) * sign
    return divide_half_even(product, whole.cast(pl.Int128) * sign).cast(pl.Int64)


def _up(twice_remainder: pl.Expr, quotient: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """One where the remainder rounds up: more than half, or half beside an odd quotient."""
    over = twice_remainder > denominator
    tie_to_even = (twice_remainder == denominator) & (quotient % 2 != 0)
    return (over | tie_to_even).cast(pl.Int64)
