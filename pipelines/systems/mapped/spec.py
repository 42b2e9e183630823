"""What a mapping says, once it has been read and found sound: plain values without any YAML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lakehouse.table import Table
from pipelines.sources.read_as import UTF8_WITH_COMMAS, CsvDialect
from pipelines.systems.native import JSON_COLUMNS

PREFIX = "mapped:"


class By(StrEnum):
    """What tells a row from all others. KEY: columns that are its id. STATE: what it says of its object. CONTENT: all that
    is read of it. FILE_AND_ORDINAL: where it stands."""

    KEY = "key"
    STATE = "state"
    CONTENT = "content"
    FILE_AND_ORDINAL = "file_and_ordinal"


class Format(StrEnum):
    """What the records are: rows, or events in the envelope of CloudEvents."""

    ROWS = "rows"
    CLOUDEVENTS = "cloudevents"


class Rounding(StrEnum):
    HALF_EVEN = "half_even"
    HALF_UP = "half_up"


@dataclass(frozen=True)
class NumberStyle:
    """How numbers are written: separators, ways to write a negative, symbols that may stand beside the digits."""

    decimal: str = "."
    thousands: str = ""
    parentheses: bool = False
    trailing_minus: bool = False
    symbols: tuple[str, ...] = ()


PLAIN = NumberStyle()


@dataclass(frozen=True)
class Condition:
    """A test of one column, of the name of the file, or whether any of some columns is filled. What is None is no test."""

    column: str | None = None
    any_present: tuple[str, ...] = ()
    present: bool | None = None
    is_in: tuple[str, ...] | None = None
    not_in: tuple[str, ...] | None = None
    prefix: str | None = None
    negative: bool | None = None
    file: str | None = None


@dataclass(frozen=True)
class Value:
    """Where a value comes from and how it is read. `columns` are joined by `join`, or with `first` the first of them that
    is filled counts; of `fields` a JSON object is made; of `factors` the product. An id may be one `of` another source.
    `line` is where the mapping says so."""

    line: int
    columns: tuple[str, ...] = ()
    constant: str | None = None
    join: str = "-"
    first: bool = False
    fields: tuple[str, ...] = ()
    factors: tuple[Value, ...] = ()
    of: str | None = None
    strip_prefix: str = ""
    strip_suffix: str = ""
    values: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    default: str | None = None
    style: NumberStyle = PLAIN
    minor: bool = False
    negate: bool = False
    round: Rounding | None = None
    format: str = "iso"
    time_zone: str = "UTC"

    @property
    def shown(self) -> str:
        """What messages call it."""
        if self.factors:
            return " x ".join(factor.shown for factor in self.factors)
        return (" or " if self.first else self.join).join(self.columns or self.fields) or "constant"

    def reads(self) -> Iterator[str]:
        yield from self.columns
        yield from self.fields
        for factor in self.factors:
            yield from factor.reads()


@dataclass(frozen=True)
class TableFact:
    """A row of one silver table: the id of its object and its columns."""

    table: Table
    part: str
    noun: str
    id: Value
    columns: dict[str, Value]
    time: Value | None
    when: tuple[Condition, ...]

    def reads(self) -> Iterator[str]:
        for value in (self.id, *self.columns.values(), *([self.time] if self.time else [])):
            yield from value.reads()


@dataclass(frozen=True)
class SaleLine:
    """A line of a sale; see `sale_lines`. `cancelled_is_positive`: the feed writes what is cancelled without a sign."""

    document: Value
    amount: Value
    currency: Value
    texts: dict[str, Value]
    numbers: dict[str, Value]
    numbered_as: str
    tells_sale: bool
    cancelled: tuple[Condition, ...]
    cancelled_is_positive: bool
    when: tuple[Condition, ...]

    def reads(self) -> Iterator[str]:
        for value in (self.document, self.amount, self.currency, *self.texts.values(), *self.numbers.values()):
            yield from value.reads()


@dataclass(frozen=True)
class Identity:
    """What identifies a row. `count` tells equal rows of one file apart by counting them."""

    by: By
    columns: tuple[str, ...] = ()
    count: bool = False
    by_name: bool = False


@dataclass(frozen=True)
class RowKind:
    """One kind of row: which rows are of it, when they happened, what identifies them, and the facts they yield."""

    name: str
    when: tuple[Condition, ...]
    identity: Identity
    time: Value
    known: Value | None
    facts: tuple[TableFact | SaleLine, ...]

    def reads(self) -> list[str]:
        """Columns that are read of such a row, each once, sorted."""
        found = {*self.time.reads(), *self.identity.columns, *(self.known.reads() if self.known else ())}
        found |= {name for condition in self.conditions() for name in (condition.column, *condition.any_present) if name}
        return sorted(found.union(*(fact.reads() for fact in self.facts)))

    def reads_as_json(self) -> set[str]:
        """Columns in which objects and lists may stand: those that become JSON."""
        values = [
            (name, value) for fact in self.facts if isinstance(fact, TableFact) for name, value in fact.columns.items()
        ]
        kept = {read for name, value in values if name in JSON_COLUMNS for read in value.reads()}
        return kept.union(*(value.fields for _, value in values))

    def conditions(self) -> Iterator[Condition]:
        yield from self.when
        for fact in self.facts:
            yield from fact.when
            if isinstance(fact, SaleLine):
                yield from fact.cancelled


@dataclass(frozen=True)
class Mapping:
    """How the rows of a feed become facts. `text` is the file as it was read."""

    name: str
    text: str
    kinds: tuple[RowKind, ...]
    csv: CsvDialect = UTF8_WITH_COMMAS
    empty: tuple[str, ...] = ()
    style: NumberStyle = PLAIN
    format: Format = Format.ROWS

    @property
    def source(self) -> str:
        """The name under which its facts stand: no system and no other mapping has it."""
        return f"{PREFIX}{self.name}"

    @property
    def counts(self) -> bool:
        """Whether rows are counted within their file, so that a file must be read in one piece."""
        return any(kind.identity.count for kind in self.kinds)

    def identities(self) -> dict[str, str]:
        """What must not change once rows were taken in: how the rows of each kind are told apart."""
        return {kind.name: f"{kind.identity}:{','.join(identifying_columns(kind))}" for kind in self.kinds}


def identifying_columns(kind: RowKind) -> list[str]:
    """Columns whose values identify a row of the kind."""
    if kind.identity.by is By.CONTENT and not kind.identity.columns:
        return kind.reads()
    return list(kind.identity.columns)
