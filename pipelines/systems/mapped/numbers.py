"""Numbers as people and spreadsheets write them, as exact decimals.

Strict about what is not declared: `1,5` is no number unless the comma is declared to stand before decimals, and where it is
declared to stand between thousands it must do so. A currency symbol that is not declared is no part of a number.
"""

from __future__ import annotations

import re
from decimal import ROUND_05UP, Decimal, localcontext
from typing import Literal

import polars as pl

from lakehouse.currencies import exponents
from lakehouse.types import MONEY_SCALE, POLARS_TYPES, Kind
from pipelines.systems.cells import without_exponent
from pipelines.systems.leaves import DECIMALS, LARGEST_DECIMAL
from pipelines.systems.mapped.spec import NumberStyle, Rounding

SCALE = 12
# Digits beyond the twelfth decimal; a number that has them does not fit.
TOO_FINE = rf"\.\d{{{SCALE}}}\d*[1-9]"
# What is rounded may have eighteen.
FINEST = r"^(-?\d{0,16}\.\d{1,18})0*$"
FINE = pl.Decimal(38, 18)
# Beyond this a factor is a typing error, and a product of two would not fit decimal(38,12).
LARGEST_FACTOR = Decimal(10**12)
SPACES = r"[\s\u00a0\u202f]+"
MODES: dict[Rounding, Literal["half_to_even", "half_away_from_zero"]] = {
    Rounding.HALF_EVEN: "half_to_even",
    Rounding.HALF_UP: "half_away_from_zero",
}


def plain(text: pl.Expr, style: NumberStyle) -> pl.Expr:
    """The number with a sign before it and a point before its decimals; null for what is none in that style."""
    found = text
    for symbol in style.symbols:
        found = found.str.replace_all(symbol, "", literal=True)
    found = found.str.replace_all(SPACES, " ").str.strip_chars()
    if style.parentheses:
        found = found.str.replace(r"^\(\s*([^()+-]*?)\s*\)$", "-$1")
    if style.trailing_minus:
        found = found.str.replace(r"^([^+-]*?)\s*-$", "-$1")
    found = found.str.replace(r"^([-+])\s+", "$1")
    found = pl.when(found.str.contains(_pattern(style))).then(found)
    if style.thousands:
        found = found.str.replace_all(style.thousands, "", literal=True)
    if style.decimal != ".":
        found = found.str.replace(style.decimal, ".", literal=True)
    return found.str.strip_prefix("+").map_batches(without_exponent, return_dtype=pl.String)


def _pattern(style: NumberStyle) -> str:
    point = re.escape(style.decimal)
    whole = r"\d+"
    if style.thousands:
        # Groups of three; of two before the last in India.
        between = re.escape(style.thousands)
        whole = rf"(?:\d+|\d{{1,3}}(?:{between}\d{{2,3}})*{between}\d{{3}})"
    return rf"^[-+]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d{{1,2}})?$"


def exact(text: pl.Expr, rounding: Rounding | None = None) -> pl.Expr:
    """A plain number with twelve decimals; null where it has more and is not to be rounded, or is too large."""
    number: pl.Expr = pl.when(~text.str.contains(TOO_FINE)).then(text.cast(DECIMALS, strict=False))
    if rounding:
        finer = text.str.extract(FINEST).cast(FINE, strict=False).round(SCALE, mode=MODES[rounding]).cast(DECIMALS)
        number = pl.coalesce(number, finer)
    return pl.when(number.is_between(-LARGEST_DECIMAL, LARGEST_DECIMAL)).then(number)


def product(factors: list[pl.Expr], *, rounded: bool) -> pl.Expr:
    """The product of plain numbers; null where one is none, or where it has too many decimals and is not to be rounded."""
    found = pl.struct(factor.alias(f"f{place}") for place, factor in enumerate(factors))
    return found.map_batches(lambda column: _product(column, rounded=rounded), return_dtype=DECIMALS)


def _product(column: pl.Series, *, rounded: bool) -> pl.Series:
    """Polars keeps the scale of a product: what has more decimals is multiplied by Python, which is rare."""
    texts = column.struct.unnest()
    names = texts.columns
    decimals = pl.sum_horizontal(pl.col(names).str.extract(r"\.(\d*?)0*$").str.len_chars().fill_null(0))
    numbers = [exact(pl.col(name)) for name in names]
    large = pl.any_horizontal(number.abs() > LARGEST_FACTOR for number in numbers)
    fine = pl.any_horizontal(pl.col(names).str.contains(TOO_FINE))
    simple = texts.select(
        product=pl.when((decimals <= SCALE) & ~large & ~fine).then(_times(numbers)),
        fine=pl.all_horizontal(pl.col(names).is_not_null()) & ((decimals > SCALE) | fine) & ~large.fill_null(False),
    )
    rest = simple.get_column("fine").fill_null(False)
    found = simple.get_column("product")
    if rest.any():
        exactly = [_by_python(row, rounded=rounded) for row in texts.filter(rest).iter_rows()]
        found = found.scatter(rest.arg_true(), pl.Series(exactly, dtype=DECIMALS))
    return found


def _times(numbers: list[pl.Expr]) -> pl.Expr:
    found = numbers[0]
    for number in numbers[1:]:
        found = found * number
    return found


def _by_python(row: tuple[str, ...], *, rounded: bool) -> Decimal | None:
    """To be rounded again, a product is cut at the twelfth decimal in such a way that no tie comes about."""
    with localcontext() as context:
        context.prec = 80
        found = Decimal(1)
        for text in row:
            found *= Decimal(text)
        cut = found.quantize(Decimal(1).scaleb(-SCALE), rounding=ROUND_05UP)
        return cut if abs(cut) <= LARGEST_DECIMAL and (rounded or cut == found) else None


def money(number: pl.Expr, currency: pl.Expr, *, minor: bool, rounding: Rounding | None) -> pl.Expr:
    """An amount in major units of the currency; null where it has more decimals than money has and is not to be rounded."""
    digits = currency.replace_strict(exponents(), default=MONEY_SCALE, return_dtype=pl.Int64)
    mode = MODES[rounding] if rounding else "half_to_even"
    if minor:
        whole = number.round(0, mode=mode) if rounding else pl.when(number == number.round(0)).then(number)
        units = pl.lit(10, pl.Int64).pow(digits).cast(DECIMALS)
        return (whole / units).cast(POLARS_TYPES[Kind.MONEY])
    if rounding:
        found = number.round(MONEY_SCALE, mode=mode)
        for places in range(MONEY_SCALE):
            found = pl.when(digits == places).then(number.round(places, mode=mode)).otherwise(found)
        return found.cast(POLARS_TYPES[Kind.MONEY])
    return pl.when(number == number.round(MONEY_SCALE)).then(number).cast(POLARS_TYPES[Kind.MONEY])
