"""From the YAML of a mapping to where a value comes from and how it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lakehouse.types import Kind
from pipelines.systems.leaves import CURRENCIES
from pipelines.systems.mapped.located import Located
from pipelines.systems.mapped.spec import PLAIN, Condition, NumberStyle, Rounding, Value

ORIGINS = ("column", "columns", "first_of", "constant")
TEXT_FIELDS = (*ORIGINS, "of", "join", "strip_prefix", "strip_suffix", "values", "otherwise", "default")
STYLE_FIELDS = ("decimal", "thousands", "negative", "symbols")
NUMBER_FIELDS = (*TEXT_FIELDS, *STYLE_FIELDS, "multiply", "unit", "negate", "round")
TIME_FIELDS = (*TEXT_FIELDS, "format", "time_zone")
CONDITION_FIELDS = ("column", "any_present", "present", "is", "is_not", "prefix", "negative", "file")
NEGATIVES = ("parentheses", "trailing_minus")
SOURCE = re.compile(r"^(?:[a-z][a-z0-9_-]*|mapped:[a-z][a-z0-9_]*)$")
NAMED_FORMATS = ("iso", "unix_seconds", "unix_milliseconds")
NUMBERS = (Kind.MONEY, Kind.RATE)
TIMES = (Kind.TIMESTAMP, Kind.DATE)


@dataclass(frozen=True)
class Defaults:
    """What holds where a value does not say otherwise."""

    style: NumberStyle = PLAIN
    time_zone: str = "UTC"
    currency: str | None = None


def read_value(at: Located, kind: Kind, defaults: Defaults, *, as_json: bool = False) -> Value:
    """A column's name, or a mapping that says more. `as_json` lets columns be gathered in a JSON object."""
    if at.is_text():
        column = at.text()
        return Value(at.line, (column,), style=defaults.style, time_zone=defaults.time_zone)
    allowed = NUMBER_FIELDS if kind in NUMBERS else TIME_FIELDS if kind in TIMES else TEXT_FIELDS
    fields = at.fields((*allowed, "fields") if as_json else allowed)
    origins = [name for name in (*ORIGINS, "fields", "multiply") if name in fields]
    if len(origins) != 1:
        told = " and ".join(origins) or "not where it comes from"
        choices = [*ORIGINS, *(["multiply"] if kind in NUMBERS else []), *(["fields"] if as_json else [])]
        raise at.refuse(f"says {told}.", f"Say exactly one of {', '.join(choices)}.")
    named = ("column", "columns", "first_of")
    columns = tuple(item.text() for name in named if name in fields for item in fields[name].items())
    values = {name: inner.text() for name, inner in fields["values"].entries()} if "values" in fields else {}
    if "otherwise" in fields and not values:
        fields["otherwise"].wrong("says what holds otherwise, and no values are listed.", "Add `values`, or use `default`.")
    return Value(
        at.line,
        columns,
        constant=fields["constant"].text() if "constant" in fields else None,
        join=_text(fields, "join", "-"),
        first="first_of" in fields,
        of=_source(fields["of"]) if "of" in fields else None,
        fields=tuple(item.text() for item in fields["fields"].items()) if "fields" in fields else (),
        factors=_factors(fields["multiply"], defaults) if "multiply" in fields else (),
        strip_prefix=_text(fields, "strip_prefix", ""),
        strip_suffix=_text(fields, "strip_suffix", ""),
        values=tuple(values.items()),
        otherwise=fields["otherwise"].text() if "otherwise" in fields else None,
        default=fields["default"].text() if "default" in fields else None,
        style=read_style({name: inner for name, inner in fields.items() if name in STYLE_FIELDS}, defaults.style),
        minor="unit" in fields and fields["unit"].choice(("major", "minor")) == "minor",
        negate="negate" in fields and fields["negate"].flag(),
        round=Rounding(fields["round"].choice([*Rounding])) if "round" in fields else None,
        format=_format(fields["format"]) if "format" in fields else "iso",
        time_zone=read_time_zone(fields["time_zone"]) if "time_zone" in fields else defaults.time_zone,
    )


def _source(at: Located) -> str:
    found = at.text()
    if not SOURCE.match(found):
        raise at.refuse(
            f"is {found!r}, which is no source.", "Name a system, such as stripe, or a mapping, such as mapped:shop."
        )
    return found


def _text(fields: dict[str, Located], name: str, default: str) -> str:
    return fields[name].text() if name in fields else default


def _factors(at: Located, defaults: Defaults) -> tuple[Value, ...]:
    factors = tuple(read_value(item, Kind.RATE, defaults) for item in at.items())
    if len(factors) < 2:
        raise at.refuse("is a product of one factor.", "List two or more, such as [Quantity, UnitPrice].")
    return factors


def read_style(fields: dict[str, Located], default: NumberStyle) -> NumberStyle:
    """How numbers are written; what is not said is as in `default`."""
    ways = [item.choice(NEGATIVES) for item in fields["negative"].items()] if "negative" in fields else []
    decimal = fields["decimal"].choice((".", ",")) if "decimal" in fields else default.decimal
    thousands = fields["thousands"].text() if "thousands" in fields else default.thousands
    if "decimal" in fields and "thousands" not in fields and thousands == decimal:
        thousands = ""
    if thousands and (len(thousands) != 1 or thousands.isalnum() or thousands in "+-" or thousands == decimal):
        fields["thousands" if "thousands" in fields else "decimal"].wrong(
            f"makes {thousands!r} stand between thousands and {decimal!r} before decimals.",
            "Give two different characters.",
        )
    symbols = tuple(item.text() for item in fields["symbols"].items()) if "symbols" in fields else default.symbols
    for symbol in symbols:
        if any(character.isdigit() or character in "+-.," for character in symbol):
            fields["symbols"].wrong(
                f"would strip {symbol!r} from numbers.", "Name symbols without digits, signs or separators."
            )
    return NumberStyle(
        decimal,
        thousands,
        "parentheses" in ways if "negative" in fields else default.parentheses,
        "trailing_minus" in ways if "negative" in fields else default.trailing_minus,
        symbols,
    )


def _format(at: Located) -> str:
    found = at.text()
    if found in NAMED_FORMATS:
        return found
    if "%" not in found:
        raise at.refuse(f"is {found!r}.", f"Write {', '.join(NAMED_FORMATS)} or a pattern such as '%d/%m/%Y %H:%M'.")
    sample = datetime(2001, 12, 31, 23, 58, 59, tzinfo=UTC)
    try:
        datetime.strptime(sample.strftime(found), found)  # noqa: DTZ007  only whether the pattern can be read back
    except ValueError as error:
        raise at.refuse(f"is no pattern of a time: {error}.", "Use the signs of strptime, such as %Y-%m-%d.") from error
    if not any(sign in found for sign in ("%Y", "%y", "%D", "%F", "%c", "%s")):
        raise at.refuse("does not say the year.", "A time needs %Y (or %y) in its pattern.")
    return found


def read_time_zone(at: Located) -> str:
    name = at.text()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise at.refuse(f"is no time zone: {name!r}.", "Use an IANA name such as Europe/London.") from error
    return name


def read_currency(at: Located) -> str:
    code = at.text().upper()
    if code not in CURRENCIES:
        raise at.refuse(f"is {code!r}, which is no ISO 4217 currency.", "Write a code such as EUR.")
    return code


def read_conditions(at: Located) -> tuple[Condition, ...]:
    """One condition or a list of conditions, all of which must hold."""
    found = (item.attempt(_condition) for item in at.items())
    return tuple(condition for condition in found if condition is not None)


def _condition(at: Located) -> Condition:
    fields = at.fields(CONDITION_FIELDS)
    tests = [name for name in ("present", "is", "is_not", "prefix", "negative") if name in fields]
    if "file" in fields:
        if len(fields) > 1:
            raise at.refuse("tests the name of the file and something else.", "Write two conditions in a list.")
        return Condition(file=fields["file"].text())
    if "any_present" in fields:
        if len(fields) > 1:
            raise at.refuse("tests any_present and something else.", "Write two conditions in a list.")
        return Condition(any_present=tuple(item.text() for item in fields["any_present"].items()))
    if "column" not in fields or len(tests) != 1:
        raise at.refuse(
            f"says {', '.join(tests) or 'no test'}.",
            "Name a `column` and one test: present, is, is_not, prefix or negative.",
        )

    def texts(name: str) -> tuple[str, ...] | None:
        return tuple(item.text() for item in fields[name].items()) if name in fields else None

    return Condition(
        fields["column"].text(),
        present=fields["present"].flag() if "present" in fields else None,
        is_in=texts("is"),
        not_in=texts("is_not"),
        prefix=fields["prefix"].text() if "prefix" in fields else None,
        negative=fields["negative"].flag() if "negative" in fields else None,
    )
