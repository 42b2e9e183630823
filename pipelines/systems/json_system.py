"""A system whose records are JSON: an envelope that says what each is, and kinds that say how each becomes facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from lakehouse.hashing import hexdigests
from pipelines.systems import hashing
from pipelines.systems.envelope import open_records
from pipelines.systems.facts import Fact, complete
from pipelines.systems.faults import Faults
from pipelines.systems.interface import EVENT_SCHEMA, Batch, Normalised
from pipelines.systems.moments import UTC
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import has_days

KIND = "_kind"


@dataclass(frozen=True)
class Envelope:
    """How the identity of a record is read.

    `paths` (name: $.a.b) is what is looked for in each record. `read` makes of what was found one row a record (see
    `events`), and reports what is wrong. `content` is where in a record that is known by itself its content stands: what a
    repeat of the event must have in common.
    """

    paths: Mapping[str, str]
    read: Callable[[Batch, pl.DataFrame, Faults], pl.DataFrame]
    content: tuple[str, ...] = ()


class JsonSystem:
    """A system by its envelope and its kinds.

    A record whose envelope gives no `source_event_id` is known by what it says: its type, its object and the hash of its
    facts. So an export read twice is a repeat, and another state of the object another event.

    Some sources date by calendar days and leave their time zone out: a day then begins in UTC, or as `in_zone` says.
    """

    time_zone = UTC

    def __init__(self, name: str, kinds: Mapping[str, Kind], envelope: Envelope) -> None:
        self.name = name
        self.kinds = dict(kinds)
        # Types that are read in the same way are read together: the fixed cost of a reading is per kind.
        firsts: dict[int, str] = {}
        self._together = {name: firsts.setdefault(id(kind), name) for name, kind in kinds.items()}
        self.envelope = envelope
        self.containers = tuple(sorted({kind.place for kind in kinds.values() if kind.place}))

    @cached_property
    def has_days(self) -> bool:
        """Whether calendar days are read that begin in a time zone which the records do not name."""
        return any(has_days(kind.shape) for kind in self.kinds.values())

    def in_zone(self, time_zone: str) -> JsonSystem:
        """The same system for a source whose calendar days begin in a time zone (IANA)."""
        placed = copy(self)
        placed.time_zone = time_zone
        return placed

    def normalise(self, batch: Batch) -> Normalised:
        """Facts and dispositions of a block of records."""
        faults = Faults()
        texts, found = open_records(batch.records.get_column("payload"), dict(self.envelope.paths), faults)
        told = self.envelope.read(batch, found, faults)
        wrong = faults.first().get_column("row")
        told = told.with_row_index("row").with_columns(event_at="effective_at")
        sound = told.filter(pl.col(KIND).is_not_null() & ~pl.col("row").is_in(wrong.implode()))
        facts: list[Fact] = []
        alike = sound.with_columns(pl.col(KIND).replace_strict(self._together, return_dtype=pl.String))
        for rows in alike.partition_by(KIND, maintain_order=True):
            kind = self.kinds[rows.get_column(KIND)[0]]
            facts += self._facts(batch.source, kind, rows.select_seq("row", "event_type", "event_at"), texts, faults)
        spoken = pl.concat([pl.Series(dtype=pl.UInt32), *(fact.rows.get_column("_row") for fact in facts)]).implode()
        # Of a type that may carry facts, an event that carries none.
        silent = pl.col(KIND).is_null() | ~pl.col("row").is_in(spoken)
        events = told.with_columns(disposition=pl.when(silent).then(pl.lit("unmapped")).otherwise("disposition"))
        named = [name for name, kind in self.kinds.items() if kind.by_record]
        by_record = (events.get_column("disposition") == "unmapped") | events.get_column(KIND).is_in(named)
        return complete(
            batch, events.select(EVENT_SCHEMA.names()), facts, faults, self._of_records(events.filter(by_record), texts)
        )

    def _facts(self, source: str, kind: Kind, events: pl.DataFrame, texts: pl.Series, faults: Faults) -> list[Fact]:
        """Facts of the records of one kind; what is wrong goes to `faults`."""
        frames, found = kind.shredder.shred(texts, events.get_column("row"), self.time_zone)
        frames[""] = frames[""].hstack(events.select_seq("event_type", "event_at"))
        facts = kind.facts(Reading(source, frames, found, kind))
        if found:
            faults.add(kind.shredder.refine(found, texts).first())
        return facts

    def _of_records(self, events: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
        """`row` and `content_hash` of events that are known by their records: the type, the moment and the content.

        Python's parser, a record at a time: no column is known of these.
        """
        read = events.filter(pl.col("effective_at").is_not_null()).select("row", "event_type", "effective_at")
        read = read.filter(texts.gather(read.get_column("row")).is_not_null())
        moments = read.get_column("effective_at").to_physical()
        contents = hashing.canonical_records(texts.gather(read.get_column("row")), self.envelope.content)
        canonical = [
            hashing.COLUMN.join((str(kind), str(moment), content))
            for kind, moment, content in zip(read.get_column("event_type"), moments, contents, strict=True)
        ]
        return read.select("row", content_hash=hexdigests(pl.Series(canonical, dtype=pl.String)))


def events(batch: Batch, rows: pl.DataFrame) -> pl.DataFrame:
    """What an envelope was read to, in the shape of the register (EVENT_SCHEMA) with the kind beside it.

    `rows` has one row a record, in order: `event_type`, `at` (when the source made the event), `id_in_source` of the
    object, and `_kind`, the name of the kind or null for a type that carries no facts. Where the source gives them also
    `source_event_id`, `source_sequence` and `api_version`.
    """
    none = {name: pl.lit(None, kind) for name, kind in EVENT_SCHEMA.items() if name not in rows.columns}
    return rows.with_columns(
        **none,
    ).select(
        KIND,
        *(name for name in EVENT_SCHEMA.names() if name not in _DERIVED),
        object_id=pl.concat_str(pl.lit(f"{batch.source}:"), "id_in_source"),
        disposition=pl.when(pl.col(KIND).is_not_null()).then(pl.lit("mapped")).otherwise(pl.lit("unmapped")),
        effective_at="at",
        known_at="at",
        event_month=pl.col("at").dt.date().dt.month_start(),
        legal_entity_id=pl.lit(batch.legal_entity_id),
    )


_DERIVED = frozenset(("object_id", "disposition", "effective_at", "known_at", "event_month", "legal_entity_id"))
