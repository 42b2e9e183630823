"""gold.price_allocations: what each obligation is allocated, from each day on which that changed."""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_major
from assets.money.products import ONE, RATE, as_integer
from assets.money.rounding import divide_half_even
from assets.recognition.contract_basis import ContractBasis
from lakehouse.tables import gold

_AMOUNTS = ("standalone_price", "weight", "allocated_amount", "recognised_before", "open_amount")
_IN_UNITS = ("delivery", "output_units", "redemption", "usage")


def price_allocations(basis: ContractBasis) -> pl.DataFrame:
    """One row for each obligation and version of its allocation."""
    if basis.versions.is_empty():
        return gold.PRICE_ALLOCATIONS.empty()
    counted = pl.col("stated_quantity").is_not_null() & pl.col("method").is_in(_IN_UNITS)
    rows = basis.versions.select(
        *("obligation_id", "pool", "segment", "currency", "weight"),
        contract_id="lead_id",
        valid_from="version",
        standalone_price="standalone",
        allocated_amount="allocated",
        recognised_before="base",
        open_amount=pl.col("allocated") - pl.col("base"),
        open_quantity=pl.when(counted).then(pl.col("stated_quantity") - pl.col("base_units")),
    )
    named = to_major(rows, *_AMOUNTS).with_columns(quantity=pl.col("open_quantity"))
    per_unit = divide_half_even(as_integer(pl.col("open_amount")) * ONE, pl.col("quantity"))
    with_units = named.with_columns(
        open_quantity=_rate(pl.col("quantity")),
        amount_per_unit=pl.when(pl.col("quantity") > 0).then(_rate(per_unit)),
    )
    return gold.PRICE_ALLOCATIONS.conform(with_units.drop("quantity").sort("contract_id", "valid_from", "obligation_id"))


def _rate(whole: pl.Expr) -> pl.Expr:
    """A whole number of 10^-12 as a rate."""
    return (whole.cast(pl.Decimal(38, 0)) * pl.lit("0.000000000001").cast(pl.Decimal(38, 12))).cast(RATE)
