"""Exponents of currencies by ISO 4217: how many digits of a major unit its minor unit is."""

from __future__ import annotations

from functools import cache

import polars as pl
from iso4217 import Currency


@cache
def exponents() -> dict[str, int]:
    """Currency code to exponent, for every ISO 4217 currency that has one (metals and test codes have none)."""
    return {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}


@cache
def exponent_frame() -> pl.DataFrame:
    """The same as a frame of `currency` and `exponent`, to join with."""
    table = exponents()
    return pl.DataFrame(
        {"currency": list(table), "exponent": list(table.values())}, schema={"currency": pl.String, "exponent": pl.Int64}
    )
