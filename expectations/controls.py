"""Polars expressions that turn amounts into integers and judge currencies, shared by the suites."""

from __future__ import annotations

import polars as pl

from lakehouse.currencies import exponents
from lakehouse.types import MONEY_SCALE

# A difference too large for an int64 (over 900 trillion major units) must still fail.
BEYOND = 2**63 - 1


def units(amount: pl.Expr) -> pl.Expr:
    """A money expression as int64 ten-thousandths of a major unit, the finest unit of ISO 4217; an empty one as 0."""
    exact = amount.cast(pl.Decimal(38, MONEY_SCALE)).to_physical()
    return pl.when(amount.is_null()).then(0).otherwise(exact.cast(pl.Int64, strict=False).fill_null(BEYOND))


def is_currency(column: str) -> pl.Expr:
    """Whether a code is an ISO 4217 currency that money can be counted in."""
    return pl.col(column).is_in(sorted(exponents()))


def is_whole(amount: str, currency: str = "currency") -> pl.Expr:
    """Whether an amount is a whole number of minor units of its currency: JPY 100 is, JPY 100.50 is not."""
    step = {code: 10 ** (MONEY_SCALE - exponent) for code, exponent in exponents().items()}
    steps = pl.col(currency).replace_strict(step, default=None, return_dtype=pl.Int64)
    exact = pl.col(amount).cast(pl.Decimal(38, MONEY_SCALE)).to_physical()
    return (exact % steps == 0).fill_null(True)


def within(amount: pl.Expr, limit: pl.Expr) -> pl.Expr:
    """Whether an amount lies between zero and a limit that may be negative: -3 within -5, 3 within 5."""
    return ((limit >= 0) & (amount >= 0) & (amount <= limit)) | ((limit <= 0) & (amount <= 0) & (amount >= limit))


def is_month(column: str) -> pl.Expr:
    """Whether a date is the first day of a month."""
    return pl.col(column).dt.day() == 1


def total(*columns: str) -> pl.Expr:
    """The sum of money columns; an empty one counts as zero."""
    return pl.sum_horizontal(pl.col(c).fill_null(0) for c in columns)
