"""From decimal major units to whole minor units and back, by the ISO 4217 exponent of each row's currency.

Tables hold decimal(20,4) major units beside a currency. Rules count minor units in Int64: cents of a dollar, whole yen,
thousandths of a dinar. A currency that ISO does not list counts ten-thousandths, so that nothing is lost.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

from assets.money.rounding import divide_half_even
from lakehouse.currencies import exponent_frame, exponents
from lakehouse.types import MONEY_PRECISION, MONEY_SCALE

MONEY = pl.Decimal(MONEY_PRECISION, MONEY_SCALE)
_WIDE = pl.Decimal(38, MONEY_SCALE)
_EXPONENT = "minor_unit_exponent"


def _with_exponent(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the exponent of its `currency`; order kept."""
    exponents = exponent_frame().rename({"exponent": _EXPONENT})
    joined = frame.join(exponents, on="currency", how="left", maintain_order="left")
    return joined.with_columns(pl.col(_EXPONENT).fill_null(MONEY_SCALE))


def to_minor(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The frame with decimal columns turned into minor units, Int64.

    An amount finer than its currency's minor unit is rounded half to even; the gate rejects such facts before. Raises
    polars' InvalidOperationError for an amount beyond Int64: 92 quadrillion dollars.
    """
    finer = pl.lit(10, pl.Int64).pow(MONEY_SCALE - pl.col(_EXPONENT)).cast(pl.Int128)
    return (
        _with_exponent(frame)
        .with_columns(
            divide_half_even(pl.col(column).cast(MONEY).to_physical(), finer).cast(pl.Int64).alias(column)
            for column in columns
        )
        .drop(_EXPONENT)
    )


def to_major(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The frame with minor units turned into decimal(20,4) major units: exact, never rounded."""
    factor = _parts_of(frame.get_column("currency"))
    return frame.with_columns(_major(frame.get_column(column).cast(pl.Int64), factor) for column in columns)


def in_parts(frame: pl.DataFrame, column: str, currency: str) -> pl.DataFrame:
    """The frame with minor units turned into ten-thousandths of the major unit, Int64: what the digits of a table count.

    Raises OverflowError where 922 trillion major units are not enough.
    """
    amount, factor = frame.get_column(column).cast(pl.Int64), _parts_of(frame.get_column(currency))
    if not _fits(amount):
        raise OverflowError(f"An amount in {column} has more than 922 trillion major units of its {currency}.")
    return frame.with_columns(amount * factor)


def from_parts(parts: pl.Series) -> pl.Series:
    """Ten-thousandths as decimal(20,4), digit by digit the same."""
    words = np.empty((len(parts), 2), np.int64)
    words[:, 0] = parts.fill_null(0).to_numpy()
    words[:, 1] = words[:, 0] >> 63
    stored = pa.Array.from_buffers(pa.decimal128(MONEY_PRECISION, MONEY_SCALE), len(parts), [None, pa.py_buffer(words)])
    decimals = pl.Series(parts.name, pl.from_arrow(stored), MONEY)
    return decimals.set(parts.is_null(), None) if parts.null_count() else decimals


def _parts_of(currency: pl.Series) -> pl.Series:
    """How many ten-thousandths the minor unit of each currency is."""
    known = exponents()
    parts = {c: 10 ** (MONEY_SCALE - known.get(c, MONEY_SCALE)) for c in currency.unique().drop_nulls()}
    if len(set(parts.values())) == 1 and not currency.null_count():
        return pl.repeat(parts.popitem()[1], len(currency), dtype=pl.Int64, eager=True)
    return currency.replace_strict(parts | {None: 1}, return_dtype=pl.Int64)


def _fits(amount: pl.Series) -> bool:
    ends = [int(end) for end in (amount.min(), amount.max()) if isinstance(end, int)]
    return all(abs(end) * 10**MONEY_SCALE < 2**63 for end in ends)


def _major(amount: pl.Series, factor: pl.Series) -> pl.Series:
    if _fits(amount):
        return from_parts(amount * factor)
    # Decimals multiply more slowly; only a total of trillions needs them.
    minor_unit = pl.lit(1).cast(_WIDE) / (10**MONEY_SCALE) * pl.lit(factor).cast(pl.Decimal(38, 0))
    return pl.select((pl.lit(amount).cast(_WIDE) * minor_unit).cast(MONEY).alias(amount.name)).to_series()
