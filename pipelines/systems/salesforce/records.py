"""What the kinds of Salesforce records have in common: where a record stands, what of it changed, and how it becomes a row.

A record comes whole in an export (`attributes.type`) and in change events of CREATE and UNDELETE; an UPDATE speaks of its
`changedFields` only, and a DELETE of nothing. One change event may tell the same change of several records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from lakehouse.table import Table
from pipelines.systems import changes
from pipelines.systems.changes import Reference, Said
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

EXPORT = "export"
# Where a change event stands in a record: by itself, as the Pub/Sub API gives it, as CometD does.
EVENT_PLACES = {"bare": "", "event": "payload", "message": "data.payload"}

HEADER = "ChangeEventHeader"
_HEADER: Shape = {
    "recordIds": Leaf.TEXTS,
    "changeType": Leaf.TEXT,
    "changedFields": Leaf.TEXTS,
    "commitNumber": Leaf.COUNT,
}
_EXPORTED: Shape = {"Id": Leaf.ID, "IsDeleted": Leaf.FLAG}


@dataclass(frozen=True)
class Entity:
    """One Salesforce object: its fields, the silver table it becomes a row of, and what each column says.

    `shape` is read of every record; `in_event` and `in_export` besides where the two differ. `constant` columns are the
    same in every row. `object_kind` is what its external references are about. `prepare` brings what differs by the place
    under one name, and judges.
    """

    name: str
    table: Table
    shape: Shape
    columns: Mapping[str, Said]
    constant: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    object_kind: str = "customer"
    in_event: Shape = field(default_factory=dict)
    in_export: Shape = field(default_factory=dict)
    prepare: Callable[[Reading], Reading] | None = None

    def kinds(self) -> dict[str, Kind]:
        """How its records are read, by the place they stand at."""
        exported = Kind(self.name, {**self.shape, **self.in_export, **_EXPORTED}, self._exported)
        told: Shape = {**self.shape, **self.in_event, HEADER: _HEADER}
        places = {name: Kind(self.name, told, self._told, place) for name, place in EVENT_PLACES.items()}
        return {f"{self.name}|{name}": kind for name, kind in {EXPORT: exported, **places}.items()}

    def _exported(self, reading: Reading) -> list[Fact]:
        """A record as it is; one in the recycle bin is retracted."""
        reading.require("", "Id")
        deleted = pl.col("IsDeleted").fill_null(False)
        root = reading.root.with_columns(
            _id="Id", _n=pl.lit(1), _deleted=deleted, _changed=pl.lit(None, pl.List(pl.String)), _sequence=pl.lit(None)
        )
        return self._facts(reading.with_frame("", root))

    def _told(self, reading: Reading) -> list[Fact]:
        """A change of one or more records. The commit number orders the changes that one moment saw."""
        ids, kind = f"{HEADER}.recordIds", pl.col(f"{HEADER}.changeType")
        reading.require("", ids)
        nobody = reading.root.filter(pl.col(ids).list.len() == 0).get_column("_row")
        reading.faults.add_rows(nobody, Code.MISSING_FIELD, reading.kind.path("", ids))
        root = reading.root.with_columns(
            _n=pl.int_ranges(1, pl.col(ids).list.len() + 1),
            _id=pl.col(ids),
            _deleted=kind.str.ends_with("DELETE") & ~kind.str.ends_with("UNDELETE"),
            _changed=pl.when(kind == "UPDATE").then(f"{HEADER}.changedFields"),
            _sequence=pl.col(f"{HEADER}.commitNumber"),
        )
        return self._facts(reading.with_frame("", root.explode("_id", "_n")))

    def _facts(self, reading: Reading) -> list[Fact]:
        prepared = self.prepare(reading) if self.prepare else reading
        state = changes.states(prepared, self.table, self.columns, self.constant)
        return [state, *changes.references(prepared, self.object_kind, self.references)]
