"""From text to the value of a declared column, for records in the very shape of a table.

Read leniently, judged strictly, and exactly: money with more decimals than its column holds is refused, not rounded.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import polars as pl

from lakehouse.types import MONEY_SCALE, POLARS_TYPES, RATE_SCALE, Kind
from pipelines.systems.codes import Code
from pipelines.systems.moments import DATE, NAIVE, moment

DECIMAL = r"^[-+]?[0-9.]+$"
EXPONENT = r"^[-+]?[0-9.]+[eE][-+]?\d{1,3}$"


def value(kind: Kind, text: pl.Expr) -> pl.Expr:
    """The value of a cell; null where there is no text or where it does not fit."""
    found: pl.Expr
    match kind:
        case Kind.MONEY:
            found = _decimal(text, kind, MONEY_SCALE)
        case Kind.RATE:
            found = _decimal(text, kind, RATE_SCALE)
        case Kind.TIMESTAMP:
            found = moment(text)
        case Kind.DATE:
            found = text.str.to_date("%Y-%m-%d", strict=False)
        case Kind.BOOLEAN:
            found = pl.when(text == "true").then(True).when(text == "false").then(False)
        case Kind.INTEGER:
            found = text.cast(pl.Int64, strict=False)
        case _:
            found = text
    return found


def _decimal(text: pl.Expr, kind: Kind, scale: int) -> pl.Expr:
    exact = ~text.str.contains(rf"\.\d{{{scale}}}\d*[1-9]")
    return pl.when(exact).then(text.cast(POLARS_TYPES[kind], strict=False))


def without_exponent(texts: pl.Series) -> pl.Series:
    """Numbers such as 1.5e-7 spelled out; anything else as it is."""
    return pl.Series(texts.name, [_spell_out(text) for text in texts], dtype=pl.String)


def _spell_out(text: str | None) -> str | None:
    if text is None or "e" not in text.lower():
        return text
    try:
        return format(Decimal(text), "f")
    except InvalidOperation:
        return text


def fault_code(kind: Kind, text: pl.Expr) -> pl.Expr:
    """Why a text of that kind has no value. A date that cannot be, or that lies out of range, is absurd."""
    if kind in (Kind.TIMESTAMP, Kind.DATE):
        dated = text.str.contains(DATE) & ~text.str.contains(NAIVE)
        return pl.when(dated).then(pl.lit(Code.ABSURD_DATE.value)).otherwise(pl.lit(Code.WRONG_TYPE.value))
    return pl.lit(Code.WRONG_TYPE.value)


def shown(kind: Kind, text: pl.Expr) -> pl.Expr:
    """A text that does not fit, with the reason where the type alone does not tell it."""
    why = {
        Kind.TIMESTAMP: (NAIVE, " (no offset: write Z or +01:00)"),
        Kind.MONEY: (DECIMAL, f" (money has at most {MONEY_SCALE} decimals and 16 digits before them)"),
        Kind.RATE: (DECIMAL, f" (a rate has at most {RATE_SCALE} decimals and 16 digits before them)"),
    }
    if kind not in why:
        return text
    pattern, reason = why[kind]
    return pl.when(text.str.contains(pattern)).then(pl.concat_str(text.str.slice(0, 40), pl.lit(reason))).otherwise(text)
