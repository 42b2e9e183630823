"""What the rows of a feed say at the places that a mapping names: text found, value read, and what does not fit.

The cells of a block stand in a frame of text, a column of the feed under its name behind `c:`, empty where the cell is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import polars as pl

from lakehouse.types import Kind
from pipelines.systems import cells as declared
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.leaves import CURRENCIES
from pipelines.systems.mapped import numbers, times
from pipelines.systems.mapped.spec import Condition, NumberStyle, Value

CELL = "c:"
ROW, SPLIT, POSITION = "_row", "_split", "_position"
# What an id must not hold, as it separates the parts of one.
ESCAPES = {"%": "%25", "/": "%2F"}


@dataclass(frozen=True)
class Wanted:
    """One value that is wanted of every row. `noun` makes an object id of it; `currency` names the wanted value that holds
    the currency of an amount; `is_currency` and `allowed` say what a text may be."""

    name: str
    value: Value
    kind: Kind = Kind.STRING
    required: bool = False
    allowed: tuple[str, ...] = ()
    noun: str | None = None
    is_currency: bool = False
    currency: str | None = None


def cell(column: str) -> pl.Expr:
    return pl.col(f"{CELL}{column}")


def read(rows: pl.DataFrame, wanted: list[Wanted], source: str, faults: Faults) -> pl.DataFrame:
    """The wanted values by name, one row a row; what is missing or does not fit goes to `faults`."""
    found = rows.select(ROW)
    cells = rows.select(ROW, pl.col(rf"^{CELL}.*$"))
    for item in sorted(wanted, key=lambda item: item.currency is not None):  # an amount needs its currency
        given = pl.lit(None, pl.String) if item.currency is None else pl.col(item.currency)
        both = pl.concat([cells, found.drop(ROW)], how="horizontal").select(
            ROW, raw=raw(item.value), value=_typed(item, source, given)
        )
        found = found.with_columns(both.get_column("value").alias(item.name))
        _judge(item, both, faults)
    return found


def raw(value: Value) -> pl.Expr:
    """The text that the row has for a value; null where it has none."""
    if value.constant is not None:
        return pl.lit(value.constant)
    if value.factors:
        return pl.concat_str([_text(factor) for factor in value.factors], separator=" x ")
    if value.fields:
        return _as_json(value.fields)
    if value.first:
        return pl.coalesce(cell(name) for name in value.columns)
    if len(value.columns) == 1:
        return cell(value.columns[0])
    return pl.concat_str([cell(name) for name in value.columns], separator=value.join)


def _as_json(names: tuple[str, ...]) -> pl.Expr:
    """A JSON object of the filled cells, under the last part of their names; nothing where all are empty."""
    filled = [
        pl.concat_str(
            pl.lit(json.dumps(name.rpartition("/")[2]) + ":"),
            pl.struct(cell(name).alias("")).struct.json_encode().str.strip_prefix('{"":').str.strip_suffix("}"),
        )
        for name in names
    ]
    pieces = [pl.when(cell(name).is_not_null()).then(piece) for name, piece in zip(names, filled, strict=True)]
    inside = pl.concat_str(pieces, separator=",", ignore_nulls=True)
    return pl.when(inside != "").then(pl.concat_str(pl.lit("{"), inside, pl.lit("}")))


def _text(value: Value) -> pl.Expr:
    """The text after what the mapping does with it; null for one that its list of values does not have."""
    found = raw(value)
    if value.strip_prefix:
        found = found.str.strip_prefix(value.strip_prefix)
    if value.strip_suffix:
        found = found.str.strip_suffix(value.strip_suffix)
    if value.values:
        otherwise = pl.lit(value.otherwise, pl.String)
        listed = found.replace_strict(dict(value.values), default=None, return_dtype=pl.String)
        found = pl.when(found.is_not_null()).then(pl.coalesce(listed, otherwise))
    if value.default is not None:
        found = pl.when(raw(value).is_null()).then(pl.lit(value.default)).otherwise(found)
    return found


def _typed(item: Wanted, source: str, currency: pl.Expr) -> pl.Expr:
    value, text = item.value, _text(item.value)
    if item.is_currency:
        code = text.str.to_uppercase()
        return pl.when(code.is_in(CURRENCIES)).then(code)
    if item.allowed:
        return pl.when(text.is_in(list(item.allowed))).then(text)
    if item.noun:
        return pl.concat_str(pl.lit(f"{value.of}:"), text) if value.of else object_id(source, item.noun, text)
    found: pl.Expr
    match item.kind:
        case Kind.MONEY:
            found = numbers.money(
                number(value, cut=value.round is not None), currency, minor=value.minor, rounding=value.round
            )
        case Kind.RATE:
            found = number(value)
        case Kind.TIMESTAMP:
            found = times.timestamp(text, value.format, value.time_zone)
        case Kind.DATE:
            found = times.day(text, value.format, value.time_zone)
        case Kind.INTEGER | Kind.BOOLEAN:
            found = declared.value(item.kind, text)
        case _:
            found = text
    return found


def number(value: Value, *, cut: bool = False) -> pl.Expr:
    """The number that a value is; a constant or a default is written with a point whatever the feed does.

    With `cut` it will be rounded again, and is cut so that this gives what rounding it at once would have given.
    """
    if value.factors or cut:
        factors = [_plain(factor) for factor in value.factors or (value,)]
        found = numbers.product(factors, rounded=cut or value.round is not None)
    else:
        found = numbers.exact(_plain(value), value.round)
    return -found if value.negate else found


def _plain(value: Value) -> pl.Expr:
    if value.constant is not None:
        return numbers.plain(_text(value), NumberStyle())
    found = numbers.plain(_text(value), value.style)
    if value.default is not None:
        found = pl.when(raw(value).is_null()).then(pl.lit(value.default)).otherwise(found)
    return found


def object_id(source: str, noun: str, text: pl.Expr) -> pl.Expr:
    """The id of an object of the feed, such as `mapped:shop:customer/17`."""
    return pl.concat_str(pl.lit(f"{source}:{noun}/"), text.str.replace_many(ESCAPES))


def _judge(item: Wanted, both: pl.DataFrame, faults: Faults) -> None:
    nothing = pl.col("value").is_null()
    field = f"{item.value.shown} ({item.name})" if item.value.shown != item.name else item.name
    if both.get_column("value").null_count() == 0:
        return
    if item.required:
        missing = both.filter(nothing & pl.col("raw").is_null())
        faults.add_rows(missing.get_column(ROW), Code.MISSING_FIELD, field)
    unfit = both.filter(nothing & pl.col("raw").is_not_null())
    code = pl.lit(Code.WRONG_TYPE.value)
    if item.is_currency:
        code = pl.lit(Code.UNKNOWN_CURRENCY.value)
    elif item.allowed or item.value.values:
        code = pl.lit(Code.NOT_ALLOWED.value)
    elif item.kind in (Kind.TIMESTAMP, Kind.DATE) and item.value.format == "iso":
        dated = pl.col("raw").str.contains(r"^\d{4}-\d\d-\d\d")
        code = pl.when(dated).then(pl.lit(Code.ABSURD_DATE.value)).otherwise(code)
    faults.add(unfit.select(row=ROW, code=code, field=pl.lit(field), value="raw"))


def holds(condition: Condition, style: NumberStyle) -> pl.Expr:
    """Whether a row passes a test; an empty cell has no value, no prefix and no sign."""
    if condition.file is not None:
        return pl.col(SPLIT).str.contains(_glob(condition.file))
    if condition.any_present:
        return pl.any_horizontal(cell(name).is_not_null() for name in condition.any_present)
    text = cell(condition.column or "")
    found: pl.Expr
    if condition.present is not None:
        found = text.is_not_null() if condition.present else text.is_null()
    elif condition.is_in is not None:
        found = text.is_in(list(condition.is_in))
    elif condition.not_in is not None:
        found = ~text.is_in(list(condition.not_in))
    elif condition.prefix is not None:
        found = text.str.starts_with(condition.prefix)
    else:
        sign = numbers.plain(text, style).str.starts_with("-")
        found = sign if condition.negative else ~sign
    return found.fill_null(False)


def all_hold(conditions: tuple[Condition, ...], style: NumberStyle) -> pl.Expr:
    return pl.all_horizontal(pl.lit(True), *(holds(condition, style) for condition in conditions))


def _glob(pattern: str) -> str:
    """A pattern of file names as an expression over splits, which end in @ and a tag where the file is read as a whole."""
    spelled = "".join(
        {"*": "[^/]*", "?": "[^/]"}.get(c, f"\\{c}" if not c.isalnum() and c.isascii() else c) for c in pattern
    )
    return rf"(?:^|/){spelled}(?:@\d+-[\d.]+)?$"
