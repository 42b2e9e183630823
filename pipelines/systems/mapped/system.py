"""Any feed of rows by a mapping: CSV, JSON or Parquet become facts without code.

A row comes as a JSON object (`sources.reading`), of a CSV file one of texts. The mapping says which kinds of rows there
are, how a row's values are read, what identifies it, and which facts it yields; `examples/README.md` explains every field.
Two mapped feeds cannot collide: all facts of a mapping stand under the source `mapped:<name>`, and the ids of its objects
begin with it and with what they are (`mapped:shop:customer/17`), so that an order and a customer of one number are two.

What is read of JSON: the fields at the top by their names, and any place by a JSON pointer (/customer/id, RFC 6901).
Not read: dates in the cells of spreadsheets (export them as text), and values that depend on other rows.
"""

from __future__ import annotations

import re

import polars as pl

from lakehouse.types import Kind
from pipelines.systems import json_columns
from pipelines.systems.codes import Code
from pipelines.systems.envelope import open_records
from pipelines.systems.exact import exact_numbers, long_numbers
from pipelines.systems.facts import Fact, complete
from pipelines.systems.faults import Faults
from pipelines.systems.interface import EVENT_SCHEMA, Batch, Normalised
from pipelines.systems.mapped.identity import content, line_ids
from pipelines.systems.mapped.sale_lines import sale_line
from pipelines.systems.mapped.spec import By, Mapping, RowKind, SaleLine
from pipelines.systems.mapped.table_facts import table_fact
from pipelines.systems.mapped.values import CELL, POSITION, ROW, SPLIT, Wanted, all_hold, cell, read
from pipelines.systems.native import CONTAINER

KIND = "_kind"
NAMES = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*(?:/[A-Za-z_][A-Za-z0-9_]*)*$")
EVENT_COLUMNS = ("source_event_id", "event_type", "object_id", "effective_at", "known_at", "disposition")


class Mapped:
    """The system of one mapping."""

    def __init__(self, mapping: Mapping, name: str | None = None) -> None:
        self.mapping = mapping
        self.name = name or mapping.source
        columns = sorted({name for kind in mapping.kinds for name in kind.reads()})
        self.paths = {f"{CELL}{name}": _pointer(name) for name in columns} or {CELL: "/"}
        as_json = {name for kind in mapping.kinds for name in kind.reads_as_json()}
        self._texts = [f"{CELL}{name}" for name in columns if name not in as_json]

    @property
    def needs_whole_files(self) -> bool:
        """Whether what a row is depends on the rows before it in its file."""
        return self.mapping.counts

    @property
    def containers(self) -> tuple[str, ...]:
        """Objects within a record of which something is read, by the JSON pointers of the mapping."""
        parents = {path.removeprefix("/").rpartition("/")[0] for path in self.paths.values()}
        return tuple(sorted(path.replace("/", ".") for path in parents if path and NAMES.match(path)))

    def event_prefix(self, kind: RowKind) -> str:
        """What stands before the identity of a row: an order and a customer of one number are two events."""
        return f"{kind.name}:"

    def normalise(self, batch: Batch) -> Normalised:
        """Facts and dispositions of a block of rows."""
        faults = Faults()
        rows = self.cells(batch, faults)
        unreadable = faults.first().get_column("row")
        kinds = pl.coalesce(
            *(pl.when(all_hold(kind.when, self.mapping.style)).then(pl.lit(kind.name)) for kind in self.mapping.kinds),
            pl.lit(None, pl.String),
        )
        rows = rows.with_columns(kinds.alias(KIND))
        strange = rows.filter(pl.col(KIND).is_null() & ~pl.col(ROW).is_in(unreadable.implode()))
        faults.add_rows(strange.get_column(ROW), Code.NO_RULE, None)
        facts: list[Fact] = []
        events = [pl.DataFrame(schema={ROW: pl.UInt32, **{name: EVENT_SCHEMA[name] for name in EVENT_COLUMNS}})]
        unmapped = [pl.DataFrame(schema={"row": pl.UInt32, "content_hash": pl.String})]
        for kind in self.mapping.kinds:
            of_kind = rows.filter((pl.col(KIND) == kind.name) & ~pl.col(ROW).is_in(unreadable.implode()))
            if of_kind.is_empty():
                continue
            event, found = self._read_kind(kind, of_kind, faults)
            events.append(event)
            facts += found
            silent = event.filter(pl.col("disposition") == "unmapped")
            unmapped.append(_content(kind, of_kind.join(silent, on=ROW, how="semi", maintain_order="left")))
        told = _register(batch, rows.select(ROW), pl.concat(events))
        return complete(batch, told, facts, faults, pl.concat(unmapped))

    def cells(self, batch: Batch, faults: Faults) -> pl.DataFrame:
        """The cells that the mapping reads, beside where the row stands."""
        texts, found = open_records(batch.records.get_column("payload"), self.paths, faults)
        long = long_numbers(texts)
        if long.any():  # the reading of a block would round them
            exactly, _ = json_columns.extract(exact_numbers(texts.filter(long)), self.paths)
            found = (
                found.with_row_index(ROW)
                .update(
                    exactly.with_columns(pl.Series(ROW, long.arg_true(), dtype=pl.UInt32)),
                    on=ROW,
                    how="left",
                    include_nulls=True,
                )
                .drop(ROW)
            )
        self._refuse_containers(texts, found, faults)
        nothing = ["", *self.mapping.empty]
        cells = found.select(pl.when(~pl.all().str.strip_chars().is_in(nothing)).then(pl.all().str.strip_chars()))
        return cells.with_columns(
            batch.records.get_column("split").alias(SPLIT), batch.records.get_column("position").alias(POSITION)
        ).with_row_index(ROW)

    def _refuse_containers(self, texts: pl.Series, found: pl.DataFrame, faults: Faults) -> None:
        """An object or a list in the place of a text, which comes as its JSON, is no value."""
        opens = found.select(pl.col(name).str.contains(CONTAINER) for name in self._texts)
        for name in opens.columns:
            rows = opens.get_column(name).fill_null(False).arg_true()
            if len(rows):
                held = rows.filter(json_columns.is_container(texts.gather(rows), self.paths[name]))
                value = found.get_column(name).gather(held)
                faults.add_rows(held.cast(pl.UInt32), Code.WRONG_TYPE, name.removeprefix(CELL), value)

    def _read_kind(self, kind: RowKind, rows: pl.DataFrame, faults: Faults) -> tuple[pl.DataFrame, list[Fact]]:
        """Register entries and facts of the rows of one kind."""
        times = [Wanted("effective_at", kind.time, Kind.TIMESTAMP, required=True)]
        if kind.known:
            times.append(Wanted("known_at", kind.known, Kind.TIMESTAMP, required=True))
        read_times = read(rows, times, self.name, faults)
        if not kind.known:
            read_times = read_times.with_columns(known_at="effective_at")
        ids = line_ids(kind, rows)
        if kind.identity.by is By.KEY:
            for name in kind.identity.columns:
                empty = rows.filter(cell(name).is_null())
                faults.add_rows(empty.get_column(ROW), Code.MISSING_FIELD, name)
        rows = rows.hstack(read_times.drop(ROW)).with_columns(ids.alias("_line"))
        facts: list[Fact] = []
        for fact in kind.facts:
            spoken_of = rows.filter(all_hold(fact.when, self.mapping.style)) if fact.when else rows
            if isinstance(fact, SaleLine):
                facts += sale_line(fact, spoken_of, self.name, self.mapping.style, faults)
            else:
                facts.append(table_fact(fact, spoken_of, self.name, faults))
        spoken = pl.concat([pl.DataFrame(schema={ROW: pl.UInt32}), *(fact.rows.select(ROW) for fact in facts)])
        mapped = pl.col(ROW).is_in(spoken.to_series().implode())
        event = rows.select(
            ROW,
            source_event_id=pl.concat_str(pl.lit(self.event_prefix(kind)), "_line"),
            event_type=pl.lit(kind.name),
            object_id=pl.lit(None, pl.String),
            effective_at="effective_at",
            known_at="known_at",
            disposition=pl.when(mapped).then(pl.lit("mapped")).otherwise(pl.lit("unmapped")),
        )
        return event, facts


def _content(kind: RowKind, rows: pl.DataFrame) -> pl.DataFrame:
    """`row` and `content_hash` of rows that yield no facts."""
    cells = rows.select(pl.col(rf"^{CELL}.*$"))
    return rows.select(row=ROW, content_hash=content(kind.name, cells))


def _register(batch: Batch, rows: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Events in EVENT_SCHEMA, one a record, in order; those of no kind are empty, and are rejected."""
    none = {name: pl.lit(None, kind) for name, kind in EVENT_SCHEMA.items() if name not in EVENT_COLUMNS}
    return (
        rows.join(events, on=ROW, how="left", maintain_order="left")
        .with_columns(**none)
        .with_columns(
            disposition=pl.coalesce("disposition", pl.lit("mapped")),
            event_month=pl.col("known_at").dt.date().dt.month_start(),
            legal_entity_id=pl.lit(batch.legal_entity_id),
        )
        .select(EVENT_SCHEMA.names())
    )


def _pointer(column: str) -> str:
    """Where a column stands in the record. A name that begins with / is a JSON pointer itself."""
    pointer = column if column.startswith("/") else "/" + column.replace("~", "~0").replace("/", "~1")
    return pointer.replace("'", "''")
