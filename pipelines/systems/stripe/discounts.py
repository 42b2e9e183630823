"""Discounts of a whole invoice that its lines do not know of: until 2020-08-27 only the total showed them."""

from __future__ import annotations

import polars as pl


def invoice_discounts(invoices: pl.DataFrame, lines: pl.DataFrame) -> pl.Expr:
    """The part of each line in a discount that only the invoice's total shows, in minor units; 0 as a rule.

    `invoices` has `_row`, `total`, `tax`; `lines` has `_row`, `amount`, `discount`, `inclusive`. An invoice whose lines
    have no discount of their own, and whose lines and tax exceed the total, gives the excess as a discount. It is shared
    in proportion to the lines, cumulatively and rounded half to even, so that the shares add up to it.
    """
    sums = lines.group_by("_row", maintain_order=True).agg(
        gross=pl.col("amount").sum(), known=pl.col("discount").sum(), inclusive=pl.col("inclusive").sum()
    )
    excess = pl.col("gross") - pl.col("inclusive") + pl.col("tax") - pl.col("total")
    found = (
        invoices.join(sums, on="_row")
        .with_columns(excess=excess)
        .filter((pl.col("known") == 0) & (pl.col("excess") > 0) & (pl.col("gross") > 0))
        .select("_row", "excess", "gross")
    )
    if found.is_empty():
        return pl.lit(0, pl.Int64)
    shared = lines.select("_row", "amount").join(found, on="_row", how="left", maintain_order="left")
    upto = pl.col("amount").cum_sum().over("_row").cast(pl.Int128)
    whole, gross = pl.col("excess").cast(pl.Int128), pl.col("gross").cast(pl.Int128)
    shares = shared.select(
        (half_even(whole * upto, gross) - half_even(whole * (upto - pl.col("amount").cast(pl.Int128)), gross))
        .cast(pl.Int64)
        .fill_null(0)
        .alias("share")
    )
    return pl.lit(shares.to_series())


def half_even(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The exact quotient of integers, the denominator positive, rounded half to even."""
    quotient = numerator // denominator
    twice = 2 * (numerator - quotient * denominator)
    up = (twice > denominator) | ((twice == denominator) & (quotient % 2 == 1))
    return quotient + up.cast(pl.Int128)
