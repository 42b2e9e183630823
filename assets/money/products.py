"""Price times quantity in minor units: two decimals of twelve places multiplied exactly in Int128.

Exact up to a hundred trillion major units; the product is rounded half to even, once.
"""

from __future__ import annotations

import polars as pl

from assets.money.rounding import divide_half_even
from lakehouse.currencies import exponent_frame
from lakehouse.types import MONEY_SCALE, RATE_PRECISION, RATE_SCALE

RATE = pl.Decimal(RATE_PRECISION, RATE_SCALE)
ONE = 10**RATE_SCALE
"""What 1 is as an integer of 10^-12."""


def as_integer(rate: pl.Expr) -> pl.Expr:
    """A rate or quantity as a whole number of 10^-12, Int128; an empty one stays empty."""
    return rate.cast(RATE).to_physical().cast(pl.Int128)


def with_minor_unit(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `per_minor`, by which a whole number of 10^-12 major units is divided to give minor units."""
    exponents = exponent_frame().rename({"exponent": "_exponent"})
    joined = frame.join(exponents, on="currency", how="left", maintain_order="left")
    places = RATE_SCALE - pl.col("_exponent").fill_null(MONEY_SCALE)
    return joined.with_columns(per_minor=pl.lit(10, pl.Int64).pow(places).cast(pl.Int128)).drop("_exponent")


def times(price: pl.Expr, quantity: pl.Expr) -> pl.Expr:
    """Two whole numbers of 10^-12 multiplied, in minor units; the frame has `per_minor`."""
    return divide_half_even(price * quantity, pl.col("per_minor") * ONE).cast(pl.Int64)


def in_minor(amount: pl.Expr) -> pl.Expr:
    """A whole number of 10^-12 major units in minor units; the frame has `per_minor`."""
    return divide_half_even(amount, pl.col("per_minor")).cast(pl.Int64)
