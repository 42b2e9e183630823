"""From the YAML of a mapping to what it says; whatever is wrong with it is told at once, each with its line.

The whole grammar, with every field explained, is `examples/README.md`.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from lakehouse.errors import RtrError
from lakehouse.table import Column, Table
from lakehouse.tables import silver
from lakehouse.types import Kind
from pipelines.sources.read_as import UTF8_WITH_COMMAS, CsvDialect
from pipelines.systems.cells import value as cell
from pipelines.systems.leaves import CURRENCIES
from pipelines.systems.mapped.located import Invalid, Located, locate
from pipelines.systems.mapped.read_values import (
    NUMBERS,
    STYLE_FIELDS,
    Defaults,
    read_conditions,
    read_currency,
    read_style,
    read_time_zone,
    read_value,
)
from pipelines.systems.mapped.spec import (
    PLAIN,
    By,
    Condition,
    Format,
    Identity,
    Mapping,
    NumberStyle,
    RowKind,
    SaleLine,
    TableFact,
    Value,
)
from pipelines.systems.native import FACT_TABLES, JSON_COLUMNS, given_columns

CODE = "MAPPING_INVALID"
NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
MAPPING_FIELDS = ("name", "format", "time_zone", "currency", "files", "numbers", "rows")
KIND_FIELDS = ("when", "identity", "time", "known", "facts")
SALE_TEXTS = ("customer", "product", "description")
SALE_NUMBERS = {"quantity": Kind.RATE, "tax": Kind.MONEY, "discount": Kind.MONEY}
SALE_FIELDS = (
    "document",
    "amount",
    "currency",
    *SALE_TEXTS,
    *SALE_NUMBERS,
    "numbered_as",
    "tells_sale",
    "cancelled",
    "when",
)
# Columns that a fact has without being told.
FROM_THE_ROW = frozenset(("object_id", "source_event_id", "effective_at", "known_at"))
# What the object of a table is called in ids, and what a column that refers to an object calls it.
NOUNS = {"cash": "cash", "cash_applications": "application", "costs": "cost", "usage": "usage", "fx_rates": "rate"}
REFERS_TO = {
    "parent_id": "customer",
    "corrects_document_id": "document",
    "payment_id": "cash",
    "entry_id": "ledger_entry",
}


def load_mapping(path: Path) -> Mapping:
    """The mapping in a file. Raises RtrError MAPPING_UNREADABLE, and Invalid with every problem."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RtrError("MAPPING_UNREADABLE", f"Cannot read {path}: {error}", "Check the path given as mapping.") from error
    return read_mapping(text, str(path))


def read_mapping(text: str, name: str = "the mapping") -> Mapping:
    """What the text says. Raises Invalid with every problem that it has."""
    root = locate(text, name, CODE)
    mapping = root.attempt(lambda at: _mapping(at, text))
    if root.problems or mapping is None:
        raise Invalid(CODE, name, sorted(root.problems, key=lambda problem: problem.line))
    return mapping


def _mapping(at: Located, text: str) -> Mapping:
    fields = at.fields(MAPPING_FIELDS, ("name", "rows"))
    name = fields["name"].text()
    if not NAME.match(name):
        fields["name"].wrong(f"is {name!r}.", "Use small letters, digits and _, beginning with a letter, at most 40.")
    numbers = fields.get("numbers")
    style = (numbers.attempt(_style) if numbers else None) or PLAIN
    zone = fields["time_zone"].attempt(read_time_zone) if "time_zone" in fields else None
    currency = fields["currency"].attempt(read_currency) if "currency" in fields else None
    defaults = Defaults(style, zone or "UTC", currency)
    dialect, empty = (fields["files"].attempt(_files) if "files" in fields else None) or (UTF8_WITH_COMMAS, ())
    kinds = [inner.attempt(lambda at: _kind(at, defaults)) for _, inner in fields["rows"].entries()]
    if not kinds:
        fields["rows"].wrong("names no kind of row.", "Add one, such as `sale:`.")
    form = Format(fields["format"].choice([*Format])) if "format" in fields else Format.ROWS
    return Mapping(name, text, tuple(kind for kind in kinds if kind), dialect, empty, style, form)


def _style(at: Located) -> NumberStyle:
    return read_style(at.fields(STYLE_FIELDS), PLAIN)


def _files(at: Located) -> tuple[CsvDialect, tuple[str, ...]]:
    fields = at.fields(("delimiter", "encoding", "empty"))
    delimiter = fields["delimiter"].text() if "delimiter" in fields else ","
    delimiter = "\t" if delimiter == "tab" else delimiter
    if len(delimiter) != 1 or delimiter in '"\n\r':
        fields["delimiter"].wrong(f"is {delimiter!r}.", "Give one character, such as ';', or the word tab.")
    encoding = fields["encoding"].text() if "encoding" in fields else UTF8_WITH_COMMAS.encoding
    try:
        codecs.lookup(encoding)
    except LookupError:
        fields["encoding"].wrong(f"is {encoding!r}, which is no encoding.", "Write utf-8, latin-1, cp1252 ...")
    return CsvDialect(delimiter, encoding), tuple(i.text() for i in fields["empty"].items()) if "empty" in fields else ()


def _kind(at: Located, defaults: Defaults) -> RowKind:
    fields = at.fields(KIND_FIELDS, ("identity", "time", "facts"))
    name = at.path.rpartition(".")[2]
    if not NAME.match(name):
        at.wrong(f"is called {name!r}.", "Use small letters, digits and _, beginning with a letter.")
    identity = fields["identity"].attempt(_identity)
    time = fields["time"].attempt(lambda inner: read_value(inner, Kind.TIMESTAMP, defaults))
    known = (
        fields["known"].attempt(lambda inner: read_value(inner, Kind.TIMESTAMP, defaults)) if "known" in fields else None
    )
    parts: dict[str, int] = {}
    facts = [inner.attempt(lambda at: _fact(at, defaults, parts)) for inner in fields["facts"].items()]
    when = read_conditions(fields["when"]) if "when" in fields else ()
    if identity is None or time is None or None in facts:
        raise at.stop()
    kind = RowKind(name, when, identity, time, known, tuple(fact for fact in facts if fact))
    if identity.by is By.STATE and not kind.facts:
        fields["identity"].wrong("is the state of an object, and the row says nothing of any.", "Choose another identity.")
    if identity.by is By.STATE and any(isinstance(fact, SaleLine) for fact in kind.facts):
        fields["identity"].wrong(
            "is the state of an object, and a sale_line is none.", "Choose key, content or file_and_ordinal."
        )
    return kind


def _identity(at: Located) -> Identity:
    fields = at.fields(("by", "columns", "equal_rows", "file"), ("by",))
    by = By(fields["by"].choice([*By]))
    wanted = {By.KEY: "columns", By.CONTENT: "equal_rows"}.get(by)
    if wanted and wanted not in fields:
        raise at.refuse(f"is by {by} and lacks {wanted}.", _IDENTITY_REMEDIES[by])
    fitting = {
        By.KEY: {"columns"},
        By.STATE: set[str](),
        By.CONTENT: {"columns", "equal_rows"},
        By.FILE_AND_ORDINAL: {"file"},
    }
    for name in fields.keys() - fitting[by] - {"by"}:
        fields[name].wrong(f"has no meaning where the identity is {by}.", "Leave it out.")
    return Identity(
        by,
        tuple(item.text() for item in fields["columns"].items()) if "columns" in fields else (),
        "equal_rows" in fields and fields["equal_rows"].choice(("count", "repeat")) == "count",
        "file" in fields and fields["file"].choice(("path", "name")) == "name",
    )


_IDENTITY_REMEDIES = {
    By.KEY: "List the columns that are the id of a row.",
    By.CONTENT: "Say `equal_rows: count` (two equal rows of one file are two) or `equal_rows: repeat` (they are one).",
}


def _fact(at: Located, defaults: Defaults, parts: dict[str, int]) -> TableFact | SaleLine:
    entries = dict(at.entries())
    if "sale_line" in entries:
        if len(entries) > 1:
            at.wrong("is a sale_line and something else.", "Write each fact as an element of its own.")
        return _sale_line(entries["sale_line"], defaults)
    if "table" not in entries:
        raise at.refuse("is no fact.", "Write `sale_line:` or `table:` with a table of docs/tables.md without its layer.")
    fields = at.fields(("table", "id", "columns", "time", "when"), ("table", "id", "columns"))
    table = FACT_TABLES[fields["table"].choice(list(FACT_TABLES))]
    parts[table.name] = number = parts.get(table.name, 0) + 1
    given = {column.name: column for column in given_columns(table) if column.name not in FROM_THE_ROW}
    columns: dict[str, Value] = {}
    for name, inner in fields["columns"].fields(list(given)).items():
        value = inner.attempt(lambda at, column=given[name]: _column(at, column, defaults))  # type: ignore[misc]
        if value is not None:
            columns[name] = value
    if "currency" in given and "currency" not in columns and defaults.currency:
        columns["currency"] = Value(fields["columns"].line, constant=defaults.currency)
    for name, value in columns.items():
        if given[name].kind is Kind.MONEY and (value.minor or value.round) and "currency" not in columns:
            fields["columns"].wrong(f"gives {name} in minor units or rounded, and no currency.", "Add currency.")
    missing = [name for name, column in given.items() if column.needed and name not in columns and name not in _OPTIONAL]
    unread = {name for name, _ in fields["columns"].entries()}
    for name in missing:
        if name not in unread:
            fields["columns"].wrong(f"lacks {name}, which {table.name} requires.", f"{given[name].description}")
    ident = fields["id"].attempt(lambda inner: read_value(inner, Kind.STRING, defaults))
    time = fields["time"].attempt(lambda inner: read_value(inner, Kind.TIMESTAMP, defaults)) if "time" in fields else None
    if ident is None:
        raise at.stop()
    return TableFact(
        table,
        table.name if number == 1 else f"{table.name}{number}",
        _noun(table, columns, at),
        ident,
        columns,
        time,
        read_conditions(fields["when"]) if "when" in fields else (),
    )


_OPTIONAL = frozenset(("operation", "legal_entity_id"))


def _noun(table: Table, columns: dict[str, Value], at: Located) -> str:
    """What the object is called in its id; a reference speaks of an object of another table."""
    if table is silver.EXTERNAL_REFERENCES:
        kind = columns.get("object_kind")
        if kind is None or kind.constant is None:
            at.wrong("does not say whose reference it is.", "Give object_kind as a constant, such as {constant: customer}.")
            return "object"
        return kind.constant
    return NOUNS.get(table.name, table.name[:-3] + "y" if table.name.endswith("ies") else table.name.removesuffix("s"))


def refers_to(column: str) -> str:
    """What the object that a column refers to is called in its id."""
    return REFERS_TO.get(column, column.removesuffix("_id"))


def _column(at: Located, column: Column, defaults: Defaults) -> Value:
    value = read_value(at, column.kind, defaults, as_json=column.name in JSON_COLUMNS)
    for constant in [value.constant, value.default, value.otherwise, *(to for _, to in value.values)]:
        if constant is not None:
            _judge_constant(at, column, constant, value)
    return value


def _judge_constant(at: Located, column: Column, constant: str, value: Value) -> None:
    if column.allowed and constant not in column.allowed:
        at.wrong(f"gives {constant!r}.", f"{column.name} is one of: {', '.join(column.allowed)}.")
    elif (column.name == "currency" or column.name.endswith("_currency")) and constant.upper() not in CURRENCIES:
        at.wrong(f"gives {constant!r}, which is no ISO 4217 currency.", "Write a code such as EUR.")
    elif column.kind in (*NUMBERS, Kind.INTEGER, Kind.BOOLEAN) and not _fits(column.kind, constant):
        at.wrong(f"gives {constant!r}, which is no {column.kind}.", "Write it with a point before decimals, nothing else.")


def _fits(kind: Kind, constant: str) -> bool:
    import polars as pl

    return pl.DataFrame({"text": [constant]}).select(cell(kind, pl.col("text")).is_not_null()).item() is True


def _sale_line(at: Located, defaults: Defaults) -> SaleLine:
    fields = at.fields(SALE_FIELDS, ("document", "amount"))
    if "currency" not in fields and defaults.currency is None:
        raise at.refuse("has no currency.", "Name its column, or say `currency: EUR` at the top of the mapping.")
    currency = (
        read_value(fields["currency"], Kind.STRING, defaults)
        if "currency" in fields
        else Value(at.line, constant=defaults.currency)
    )
    cancelled, positive = _cancelled(fields["cancelled"]) if "cancelled" in fields else ((), False)
    return SaleLine(
        read_value(fields["document"], Kind.STRING, defaults),
        read_value(fields["amount"], Kind.MONEY, defaults),
        currency,
        {name: read_value(fields[name], Kind.STRING, defaults) for name in SALE_TEXTS if name in fields},
        {name: read_value(fields[name], kind, defaults) for name, kind in SALE_NUMBERS.items() if name in fields},
        fields["numbered_as"].choice(("invoice_number", "order_number")) if "numbered_as" in fields else "invoice_number",
        "tells_sale" not in fields or fields["tells_sale"].flag(),
        cancelled,
        positive,
        read_conditions(fields["when"]) if "when" in fields else (),
    )


def _cancelled(at: Located) -> tuple[tuple[Condition, ...], bool]:
    """Which lines are cancellations or returns, and with which sign the feed writes their amounts."""
    fields = at.fields(("when", "amounts"), ("when", "amounts"))
    return read_conditions(fields["when"]), fields["amounts"].choice(("negative", "positive")) == "positive"
