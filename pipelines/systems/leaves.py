"""From the text of a leaf to its value, and what is wrong where there is none.

Read leniently, judged strictly: a cast that gives nothing for text that is there is a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import polars as pl

from lakehouse.currencies import exponents
from lakehouse.types import MONEY_SCALE, POLARS_TYPES, Kind
from pipelines.systems.codes import Code
from pipelines.systems.interface import MOMENT
from pipelines.systems.moments import (
    DATE,
    FIRST_MOMENT,
    LAST_MOMENT,
    MILLISECONDS,
    day_begins,
    day_ends,
    moment,
    stamp,
    stamp_day,
    utc_moment,
)
from pipelines.systems.shape import DAYS, Leaf

CURRENCIES = frozenset(exponents())

FIRST_SECOND, LAST_SECOND = int(FIRST_MOMENT.timestamp()), int(LAST_MOMENT.timestamp())

# In whole minor units; what is larger does not fit decimal(20,4) in every currency, and is an error anyway.
LARGEST_MINOR = 10**15
DECIMALS = pl.Decimal(38, 12)
# Quantities and unit prices, before they are converted to major units: they must fit decimal(28,12).
LARGEST_DECIMAL = Decimal(10**15)
MONEY = POLARS_TYPES[Kind.MONEY]
# Money has no more decimals than its column: what has is refused, not rounded.
TOO_FINE = rf"\.\d{{{MONEY_SCALE}}}\d*[1-9]"

WHOLE = r"^-?\d+$"
EXPANDED = "{"
# Names and ids; a text that needs an escape is neither.
TEXT_IN_LIST = r'"[^"\\]+"'
LIST_OF_TEXTS = rf"^\[(?:\s*{TEXT_IN_LIST}\s*(?:,\s*{TEXT_IN_LIST}\s*)*)?\s*\]$"


def value(kind: Leaf, text: pl.Expr) -> pl.Expr:
    """The value of a leaf; null where there is no text or where it does not fit."""
    found: pl.Expr
    match kind:
        case Leaf.ID:
            found = pl.when(text != "").then(text)
        case Leaf.MINOR:
            found = _within(text.cast(pl.Int64, strict=False), -LARGEST_MINOR, LARGEST_MINOR)
        case Leaf.COUNT:
            found = text.cast(pl.Int64, strict=False)
        case Leaf.DECIMAL:
            found = _within(text.cast(DECIMALS, strict=False), -LARGEST_DECIMAL, LARGEST_DECIMAL)
        case Leaf.FLAG:
            found = pl.when(text == "true").then(True).when(text == "false").then(False)
        case Leaf.TIME:
            seconds = _within(text.cast(pl.Int64, strict=False), FIRST_SECOND, LAST_SECOND)
            found = (seconds * 1_000_000).cast(MOMENT)
        case Leaf.MONEY:
            found = _within(text.cast(DECIMALS, strict=False), -LARGEST_DECIMAL, LARGEST_DECIMAL)
            found = pl.when(~text.str.contains(TOO_FINE)).then(found).cast(MONEY)
        case Leaf.TEXTS:
            found = _texts(text)
        case Leaf.CURRENCY:
            code = text.str.to_uppercase()
            found = pl.when(code.is_in(CURRENCIES)).then(code)
        case _:
            found = _SPELLED[kind](text) if kind in _SPELLED else text
    return found


def _day(text: pl.Expr) -> pl.Expr:
    return moment(pl.when(text.str.contains(DATE)).then(text.str.slice(0, 10))).dt.date()


_SPELLED: dict[Leaf, Callable[[pl.Expr], pl.Expr]] = {
    Leaf.MOMENT: moment,
    Leaf.UTC_MOMENT: utc_moment,
    Leaf.DAY: _day,
    Leaf.STAMP: stamp,
    Leaf.STAMP_DAY: stamp_day,
    Leaf.CALENDAR_DAY: day_begins,
    Leaf.LAST_DAY: day_ends,
}


def _texts(text: pl.Expr) -> pl.Expr:
    listed = text.str.extract_all(TEXT_IN_LIST).list.eval(pl.element().str.strip_chars('"'))
    return pl.when(text.str.contains(LIST_OF_TEXTS)).then(listed)


def _within(number: pl.Expr, low: int | Decimal, high: int | Decimal) -> pl.Expr:
    return pl.when(number.is_between(low, high)).then(number)


def expanded_id(text: pl.Expr) -> pl.Expr:
    """The id of an object that stands where its id is expected."""
    return pl.when(text.str.starts_with(EXPANDED)).then(text.str.json_path_match("$.id")).otherwise(text)


def fault_code(kind: Leaf, text: pl.Expr) -> pl.Expr:
    """Why a text of that kind has no value."""
    if kind is Leaf.CURRENCY:
        return pl.lit(Code.UNKNOWN_CURRENCY.value)
    dated = {Leaf.TIME: WHOLE, Leaf.MOMENT: DATE, Leaf.UTC_MOMENT: DATE, Leaf.DAY: DATE}
    dated |= dict.fromkeys((Leaf.STAMP, Leaf.STAMP_DAY, *DAYS), rf"{DATE}|{MILLISECONDS}")
    if kind in dated:
        absurd = text.str.contains(dated[kind])
        return pl.when(absurd).then(pl.lit(Code.ABSURD_DATE.value)).otherwise(pl.lit(Code.WRONG_TYPE.value))
    return pl.lit(Code.WRONG_TYPE.value)
