"""From decimal major units to whole minor units and back, by the ISO 4217 exponent of each row's currency.

Tables hold decimal(20,4) major units beside a currency. Rules count minor units in Int64: cents of a dollar, whole yen,
thousandths of a dinar. A currency that ISO does not list counts ten-thousandths, so that nothing is lost.
"""

from __future__ import annotations

import polars as pl

from assets.money.rounding import divide_half_even
from lakehouse.currencies import exponent_frame
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
    powers = pl.DataFrame(
        {_EXPONENT: range(MONEY_SCALE + 1), "minor_unit": ["1", "0.1", "0.01", "0.001", "0.0001"]},
        schema={_EXPONENT: pl.Int64, "minor_unit": pl.String},
    ).with_columns(pl.col("minor_unit").cast(_WIDE))
    units = _with_exponent(frame).join(powers, on=_EXPONENT, how="left", maintain_order="left")
    major = [(pl.col(column).cast(_WIDE) * pl.col("minor_unit")).cast(MONEY).alias(column) for column in columns]
    return units.with_columns(major).drop(_EXPONENT, "minor_unit")
