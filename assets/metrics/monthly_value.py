"""The monthly value of a contract line: quantity times unit price, normalised to a month."""

from __future__ import annotations

import polars as pl

from assets.money.rounding import divide_half_even
from lakehouse.currencies import exponent_frame

# Months of a billing interval as a fraction: 52 weeks and 365 days a year, by 12. Other systems count a week as 4 or 4.33
# months' parts; the difference is 1-8 %, so the factor is exact and written down.
PER_MONTH = {"month": (1, 1), "year": (1, 12), "week": (52, 12), "day": (365, 12)}
_SCALE = 10**12


def with_monthly_value(lines: pl.DataFrame) -> pl.DataFrame:
    """Licensed lines with `mrr` in minor units: quantity * unit price * 10^exponent * factor / count, half to even.

    A metered line, and one without a price or with an unknown interval, has none: it is not monthly. Computed exactly in
    Int128, after trailing zeros of the decimals are struck off, and rounded once.
    """
    factors = pl.DataFrame(
        {
            "billing_interval": list(PER_MONTH),
            "numerator": [numerator for numerator, _ in PER_MONTH.values()],
            "denominator": [denominator for _, denominator in PER_MONTH.values()],
        }
    )
    licensed = lines.filter(pl.col("usage_type").fill_null("licensed") == "licensed")
    joined = licensed.join(factors, on="billing_interval").join(exponent_frame(), on="currency", how="left")
    digits = joined.with_columns(*_reduced("quantity"), *_reduced("unit_price"))
    factor = pl.col("numerator").cast(pl.Int128) * _power_of_ten(pl.col("exponent").fill_null(4))
    top = pl.col("quantity_digits") * pl.col("unit_price_digits") * factor
    count = pl.col("billing_interval_count").fill_null(1).cast(pl.Int128)
    bottom = pl.col("quantity_scale") * pl.col("unit_price_scale") * pl.col("denominator").cast(pl.Int128) * count
    return digits.with_columns(mrr=divide_half_even(top, bottom).cast(pl.Int64).fill_null(0)).select(*lines.columns, "mrr")


def _power_of_ten(exponent: pl.Expr) -> pl.Expr:
    return pl.lit(10, pl.Int64).pow(exponent).cast(pl.Int128)


def _reduced(column: str) -> list[pl.Expr]:
    """A decimal(28,12) as integer digits and the scale that divides them, without needless zeros."""
    digits = pl.col(column).cast(pl.Decimal(38, 12)).to_physical()
    scale = pl.lit(_SCALE, pl.Int128)
    for power in (10**12, 10**6):
        strike = (digits % power == 0) & (scale >= power)
        digits = pl.when(strike).then(digits // power).otherwise(digits)
        scale = pl.when(strike).then(scale // power).otherwise(scale)
    return [digits.alias(f"{column}_digits"), scale.alias(f"{column}_scale")]
