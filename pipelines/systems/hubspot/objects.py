"""HubSpot objects: how they are told, whole or by one property, and how they become rows.

Ids are unique within a type of object only, so that an object's id has its type in it: `hubspot:deal/123`.
A property that is empty is an empty text or null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from lakehouse.table import Table
from pipelines.systems import changes, leaves
from pipelines.systems.changes import CHANGED, Reference, Said
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

EXPORT, DELIVERED, CHANGE, DELETION = "export", "delivered", "propertyChange", "deletion"
PROPERTIES, BODY = "properties", "body"

# Types as webhooks number them: https://developers.hubspot.com/docs/guides/crm/understanding-the-crm
TYPE_IDS = {
    "0-1": "contact",
    "0-2": "company",
    "0-3": "deal",
    "0-5": "ticket",
    "0-7": "product",
    "0-8": "line_item",
    "0-47": "meeting",
    "0-48": "call",
    "0-49": "email",
}


def of_type(object_type: str, value: pl.Expr | str) -> pl.Expr:
    """Id of another object, with its type."""
    return pl.concat_str(pl.lit(f"{object_type}/"), pl.col(value) if isinstance(value, str) else value)


def told_of(object_type: str, name: str) -> Said:
    """The object of a type whose id stands in a property."""
    return Said(of_type(object_type, name), (name,), refers=True)


def associated(*object_types: str) -> Said:
    """The first object that is associated, of the first of the types that has any; a property change never says it."""
    return Said(pl.coalesce(of_type(name, f"_{name}") for name in object_types), (), refers=True)


ALWAYS = pl.lit(True)


@dataclass(frozen=True)
class Told:
    """Rows of one silver table that objects yield where `when` holds; `suffix` tells their ids from the object's."""

    table: Table
    columns: Mapping[str, Said]
    constant: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""
    when: pl.Expr = ALWAYS


@dataclass(frozen=True)
class HubObject:
    """One type of object: its properties, the objects it may be associated with, and what is said by them.

    `associations` are types with their plural, as an export names them. `needs` are properties without which a whole state
    says nothing; `belongs` are types of which one must be associated. `prepare` adds columns that the tables go by.
    """

    name: str
    properties: Mapping[str, Leaf]
    tables: tuple[Told, ...]
    associations: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    object_kind: str = "customer"
    needs: tuple[str, ...] = ()
    belongs: tuple[str, ...] = ()
    prepare: Callable[[pl.DataFrame], pl.DataFrame] | None = None

    def kinds(self) -> dict[str, Kind]:
        """How its records are read: an export by itself or delivered, a change of a property, a deletion."""
        listed: Shape = {plural: {"results": [{"id": Leaf.ID}]} for plural in self.associations.values()}
        whole: Shape = {"id": Leaf.ID, "archived": Leaf.FLAG, PROPERTIES: dict(self.properties)}
        if listed:
            whole = {**whole, "associations": listed}
        change: Shape = {"objectId": Leaf.ID, "propertyName": Leaf.TEXT, "propertyValue": Leaf.TEXT}
        return {
            f"{self.name}|{EXPORT}": Kind(self.name, whole, self._exported, blank=True),
            f"{self.name}|{DELIVERED}": Kind(self.name, whole, self._exported, BODY, blank=True),
            f"{self.name}|{CHANGE}": Kind(self.name, change, self._of_property, blank=True),
            f"{self.name}|{DELETION}": Kind(self.name, {"objectId": Leaf.ID}, self._of_deletion, blank=True),
        }

    def _exported(self, reading: Reading) -> list[Fact]:
        """An object as it is; one that is archived is retracted."""
        deleted = pl.col("archived").fill_null(False)
        reading.require("", "id")
        reading.require("", *(f"{PROPERTIES}.{name}" for name in self.needs), when=~deleted)
        root = reading.root.rename({f"{PROPERTIES}.{name}": name for name in self.properties})
        for name, plural in self.associations.items():
            first = reading.frames[f"associations.{plural}.results"].filter(pl.col("_n") == 1)
            one = first.select("_row", pl.col("id").alias(f"_{name}"))
            root = root.join(one, on="_row", how="left", maintain_order="left")
        if self.belongs:
            alone = pl.all_horizontal(pl.col(f"_{name}").is_null() for name in self.belongs) & ~deleted
            path = reading.kind.path("", f"associations.{self.associations[self.belongs[0]]}")
            reading.faults.add_rows(root.filter(alone).get_column("_row"), Code.MISSING_FIELD, path)
        return self._facts(reading, root.with_columns(_id=of_type(self.name, "id"), _deleted=deleted, _changed=None))

    def _of_property(self, reading: Reading) -> list[Fact]:
        """One property has another value; the others are not spoken of."""
        reading.require("", "objectId", "propertyName")
        name, value = pl.col("propertyName"), pl.col("propertyValue")
        root = reading.root.with_columns(
            *(leaves.value(kind, pl.when(name == n).then(value)).alias(n) for n, kind in self.properties.items()),
            *(pl.lit(None, pl.String).alias(f"_{other}") for other in self.associations),
            _id=of_type(self.name, "objectId"),
            _deleted=pl.lit(False),
            _changed=pl.concat_list("propertyName"),
        )
        for n, kind in self.properties.items():
            wrong = root.filter((name == n) & value.is_not_null() & pl.col(n).is_null())
            code = leaves.fault_code(kind, value)
            reading.faults.add(wrong.select(row="_row", code=code, field=pl.lit("propertyValue"), value=value))
        return self._facts(reading, root)

    def _of_deletion(self, reading: Reading) -> list[Fact]:
        """The object is gone; what it was is not told."""
        reading.require("", "objectId")
        nothing = pl.lit(None, pl.String)
        root = reading.root.with_columns(
            *(leaves.value(kind, nothing).alias(name) for name, kind in self.properties.items()),
            *(nothing.alias(f"_{other}") for other in self.associations),
            _id=of_type(self.name, "objectId"),
            _deleted=pl.lit(True),
            _changed=None,
        )
        return self._facts(reading, root)

    def _facts(self, reading: Reading, root: pl.DataFrame) -> list[Fact]:
        typed = root.with_columns(CHANGED.cast(pl.List(pl.String)), _n=pl.lit(1), _sequence=pl.lit(None))
        prepared = self.prepare(typed) if self.prepare else typed
        facts = []
        for told in self.tables:
            rows = prepared.filter(told.when).with_columns(pl.concat_str("_id", pl.lit(told.suffix)).alias("_id"))
            facts.append(changes.states(reading.with_frame("", rows), told.table, told.columns, told.constant))
        return [*facts, *changes.references(reading.with_frame("", prepared), self.object_kind, self.references)]
