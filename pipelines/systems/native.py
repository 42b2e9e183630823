"""Native: facts as JSON lines in the very shape of the tables, `{"table": "contracts", "source_event_id": ..., ...}`.

For whoever has no adapter, for tests, and for judgements, estimates and policies. One line is one event and one fact; its
`source_event_id` must be its own. Everything about columns comes from the declared tables:

* money is in major units, as decimal text or as a number (read exactly, never through a float);
* moments are ISO 8601 with an offset or Z, or a date, which means its midnight in UTC;
* currencies are ISO 4217, closed sets are enforced, unknown fields are refused, required columns must be there;
* a line with `changed_columns` tells a change of those columns and need not have what a whole state must have;
* an object id gets the prefix `native:` unless it has the prefix of a source (`stripe:in_1`) already;
* `known_at` is `effective_at`, `operation` is assert and `legal_entity_id` is that of the batch, where not given.
"""

from __future__ import annotations

import json
from functools import cache

import polars as pl

from lakehouse.table import Column, Table
from lakehouse.tables.silver import CHANGED_COLUMNS, SOURCE_EVENTS, TABLES
from lakehouse.types import POLARS_TYPES, Kind
from pipelines.systems import cells, json_columns
from pipelines.systems.codes import Code, Fault
from pipelines.systems.envelope import open_records
from pipelines.systems.exact import exact_numbers
from pipelines.systems.facts import Fact, complete
from pipelines.systems.faults import Faults
from pipelines.systems.interface import EVENT_SCHEMA, Batch, Normalised
from pipelines.systems.leaves import CURRENCIES

FACT_TABLES = {table.name: table for table in TABLES if table is not SOURCE_EVENTS}
# What the engine fills in.
ENGINE_COLUMNS = frozenset(("row_key", "source", "channel", "ingested_at", "content_hash", "event_month"))
# What has a default, so that a line need not say it.
DEFAULTED = frozenset(("known_at", "operation", "legal_entity_id"))
NOT_OBJECT_IDS = frozenset(("source_event_id", "legal_entity_id"))
SOURCE_PREFIX = r"^[a-z][a-z0-9_-]*:"
# Text that may be given as the JSON value it holds.
JSON_COLUMNS = frozenset(("scenarios", "dimensions"))

PART = Column("part", Kind.STRING, "Tells the rows of one event apart; the table's name where not given.")

PATHS = {"table": "$.table", "source_event_id": "$.source_event_id", "object_id": "$.object_id"}
CONTAINER = r"^[\[{]"


def given_columns(table: Table) -> list[Column]:
    """Columns that a line may give."""
    return [column for column in table.columns if column.name not in ENGINE_COLUMNS]


GIVEN_FIELDS = pl.DataFrame(
    [
        (table.name, field)
        for table in FACT_TABLES.values()
        for field in ("table", "part", *(column.name for column in given_columns(table)))
    ],
    schema={"table": pl.String, "field": pl.String},
    orient="row",
)


class Native:
    """Facts in the shape of the declared tables, one a line."""

    name = "native"

    def normalise(self, batch: Batch) -> Normalised:
        """Facts and dispositions of a block of lines."""
        faults = Faults()
        texts, found = open_records(batch.records.get_column("payload"), PATHS, faults)
        texts = exact_numbers(texts)
        found = found.with_row_index("row")
        faults.add_rows(found.filter(pl.col("table").is_null()).get_column("row"), Code.MISSING_FIELD, "table")
        unknown = found.filter(~pl.col("table").is_in(list(FACT_TABLES)))
        faults.add_rows(unknown.get_column("row"), Code.UNKNOWN_TABLE, "table", unknown.get_column("table"))
        # An id never begins with a bracket: this is a list or an object in its place.
        odd = found.filter(pl.col("source_event_id").str.contains(CONTAINER))
        faults.add_rows(odd.get_column("row"), Code.WRONG_TYPE, "source_event_id", odd.get_column("source_event_id"))
        wrong = faults.first().get_column("row")
        sound = found.filter(~pl.col("row").is_in(wrong.implode()))
        _refuse_unknown_fields(sound.select("row", "table"), texts, faults)
        facts = [
            _fact(batch, FACT_TABLES[lines.get_column("table")[0]], texts, lines.get_column("row"), faults)
            for lines in sound.partition_by("table", maintain_order=True)
        ]
        return complete(batch, _events(batch, found, facts), facts, faults)


def _fact(batch: Batch, table: Table, texts: pl.Series, rows: pl.Series, faults: Faults) -> Fact:
    """Lines of one table as its rows; what is wrong goes to `faults`."""
    columns = [*given_columns(table), PART]
    lines = texts.gather(rows)
    raw = json_columns.read(lines, json.dumps({column.name: "VARCHAR" for column in columns})).struct.unnest()
    # Most columns of a table are not given by anybody: an operation on each would be the cost of a small block.
    empty = raw.null_count().row(0, named=True)
    given = [column for column in columns if empty[column.name] < raw.height]
    raw = raw.with_columns(pl.when(pl.col(c.name) != "").then(pl.col(c.name)).alias(c.name) for c in given)
    raw = _spelled_out(raw, [column.name for column in given if column.kind in (Kind.MONEY, Kind.RATE)])
    typed = raw.select(
        pl.lit(rows.cast(pl.UInt32)).alias("_row"),
        *(_value(batch.source, column, CURRENCIES) for column in given),
        *(_nothing(column) for column in columns if empty[column.name] == raw.height),
    ).with_columns(pl.coalesce("part", pl.lit(table.name)))
    whole = typed.get_column("operation").ne_missing("retract")
    if CHANGED_COLUMNS in raw.columns:
        whole &= raw.get_column(CHANGED_COLUMNS).is_null()
    for name in (name for name in table.whole_columns if empty[name]):
        faults.add_rows(rows.filter(whole & raw.get_column(name).is_null()), Code.MISSING_FIELD, name)
    _judge(columns, given, raw, typed, lines, rows, faults)
    return Fact(
        table,
        typed.with_columns(
            stated_legal_entity_id="legal_entity_id",
            known_at=pl.coalesce("known_at", "effective_at"),
            operation=pl.coalesce("operation", pl.lit("assert")),
            legal_entity_id=pl.coalesce("legal_entity_id", pl.lit(batch.legal_entity_id)),
        ),
    )


def _refuse_unknown_fields(found: pl.DataFrame, texts: pl.Series, faults: Faults) -> None:
    """`found` has `row` and `table` of each line; a field that is no column of its table is a fault."""
    fields = found.select("row", "table", field=json_columns.keys(texts.gather(found.get_column("row")))).explode("field")
    strange = fields.join(GIVEN_FIELDS, on=["table", "field"], how="anti", maintain_order="left")
    faults.add(strange.select("row", code=pl.lit(Code.UNKNOWN_FIELD.value), field="field", value=pl.lit(None, pl.String)))


def _spelled_out(raw: pl.DataFrame, numbers: list[str]) -> pl.DataFrame:
    """Numbers such as 1.5e-7 spelled out, in the columns that have any."""
    if not numbers:
        return raw
    found = raw.select(pl.col(numbers).str.contains(cells.EXPONENT).any()).row(0, named=True)
    return raw.with_columns(cells.without_exponent(raw.get_column(name)) for name in numbers if found[name])


# Kept, because a block of few rows over many tables is mostly the making of expressions.
@cache
def _nothing(column: Column) -> pl.Expr:
    return pl.lit(None, POLARS_TYPES[column.kind]).alias(column.name)


@cache
def _value(source: str, column: Column, currencies: frozenset[str]) -> pl.Expr:
    text = pl.col(column.name)
    found = cells.value(column.kind, text)
    if _is_currency(column):
        code = text.str.to_uppercase()
        found = pl.when(code.is_in(currencies)).then(code)
    elif column.allowed:
        found = pl.when(text.is_in(list(column.allowed))).then(text)
    elif column.name.endswith("_id") and column.name not in NOT_OBJECT_IDS:
        prefixed = pl.concat_str(pl.lit(f"{source}:"), text)
        found = pl.when(text.str.contains(SOURCE_PREFIX)).then(text).otherwise(prefixed)
    return found.alias(column.name)


def _is_currency(column: Column) -> bool:
    return column.name == "currency" or column.name.endswith("_currency")


def _judge(
    columns: list[Column],
    given: list[Column],
    raw: pl.DataFrame,
    typed: pl.DataFrame,
    lines: pl.Series,
    rows: pl.Series,
    faults: Faults,
) -> None:
    """Report what is missing, what does not fit, and objects or lists in the place of text."""
    for column in columns:
        text = raw.get_column(column.name)
        if column.required and column.name not in DEFAULTED and text.null_count():
            faults.add_rows(rows.filter(text.is_null()), Code.MISSING_FIELD, column.name)
    for column in given:
        text, values = raw.get_column(column.name), typed.get_column(column.name)
        if values.null_count() > text.null_count():
            _refuse_unfit(column, text, rows, text.is_not_null() & values.is_null(), faults)
    texts = [column.name for column in given if column.kind is Kind.STRING and column.name not in JSON_COLUMNS]
    held = raw.select(pl.col(texts).str.contains(CONTAINER).any()).row(0, named=True) if texts else {}
    for name in (name for name in texts if held[name]):
        places = raw.get_column(name).str.contains(CONTAINER).fill_null(False)
        faults.add_each(
            (row, Fault(Code.WRONG_TYPE, name, value))
            for row, value, line in zip(
                rows.filter(places), raw.get_column(name).filter(places), lines.filter(places), strict=True
            )
            if not isinstance(_parsed(line).get(name), str)
        )


def _refuse_unfit(column: Column, raw: pl.Series, rows: pl.Series, unfit: pl.Series, faults: Faults) -> None:
    text = pl.col("value")
    code = cells.fault_code(column.kind, text)
    if _is_currency(column):
        code = pl.lit(Code.UNKNOWN_CURRENCY.value)
    elif column.allowed:
        code = pl.lit(Code.NOT_ALLOWED.value)
    wrong = pl.DataFrame({"row": rows.filter(unfit), "value": raw.filter(unfit)})
    faults.add(wrong.select("row", value=cells.shown(column.kind, text), code=code, field=pl.lit(column.name)))


def _parsed(line: str) -> dict[str, object]:
    """The line by Python's parser; nothing where it is nested too deeply for it."""
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _events(batch: Batch, found: pl.DataFrame, facts: list[Fact]) -> pl.DataFrame:
    """Events in EVENT_SCHEMA: every line that is not rejected is mapped; its type is the table."""
    said = [
        fact.rows.select(
            "object_id",
            "effective_at",
            "known_at",
            "source_sequence",
            "legal_entity_id",
            row=pl.col("_row").cast(pl.UInt32),
        )
        for fact in facts
    ]
    empty = {
        name: EVENT_SCHEMA[name] for name in ("object_id", "effective_at", "known_at", "source_sequence", "legal_entity_id")
    }
    told = pl.concat(said) if said else pl.DataFrame(schema={**empty, "row": pl.UInt32})
    none = pl.lit(None)
    return (
        found.select("row", "source_event_id", "table")
        .join(told, on="row", how="left", maintain_order="left")
        .with_columns(
            source_event_id=pl.when(~pl.col("source_event_id").str.contains(CONTAINER)).then("source_event_id"),
            event_type=pl.when(pl.col("table").is_in(list(FACT_TABLES))).then("table"),
            disposition=pl.lit("mapped"),
            event_month=pl.col("known_at").dt.date().dt.month_start(),
            legal_entity_id=pl.coalesce("legal_entity_id", pl.lit(batch.legal_entity_id)),
            **{
                name: none.cast(EVENT_SCHEMA[name])
                for name in ("content_hash", "code", "message", "remedy", "api_version", "fact_count")
            },
        )
        .select(EVENT_SCHEMA.names())
    )
