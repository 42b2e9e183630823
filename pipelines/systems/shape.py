"""What is read of a JSON object: the fields that matter, each with what it must be, as nested declarations.

A shape is written once and drives the reading of a whole block, the conversion of its leaves, and the search for
what is wrong with one record. Fields that are not named are not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias


class Leaf(StrEnum):
    """What a leaf must be. Numbers may come as JSON numbers or as text."""

    TEXT = "text"
    ID = "id"  # an object's id, or the expanded object that has it
    MINOR = "minor"  # whole number of minor units
    COUNT = "count"  # whole number
    DECIMAL = "decimal"
    FLAG = "flag"
    TIME = "time"  # seconds since 1970
    MONEY = "money"  # major units, at most four decimals
    MOMENT = "moment"  # ISO 8601 with an offset or Z, or a date: its midnight in UTC
    UTC_MOMENT = "utc_moment"  # the same, and without an offset it is UTC
    DAY = "day"  # the calendar day that an ISO 8601 date or moment names, as written
    STAMP = "stamp"  # a moment as UTC_MOMENT, or milliseconds since 1970, bare or as /Date(1518685950940+0000)/
    STAMP_DAY = "stamp_day"  # the calendar day of a STAMP: as written in ISO 8601, else in UTC
    CALENDAR_DAY = "calendar_day"  # the moment at which the calendar day of a STAMP begins in the time zone of the source
    LAST_DAY = "last_day"  # the moment at which that day ends: the beginning of the next
    TEXTS = "texts"  # a list of texts
    CURRENCY = "currency"
    JSON = "json"  # whatever stands there: an object or a list as its JSON text


# Calendar days, which are moments only in a time zone.
DAYS = (Leaf.CALENDAR_DAY, Leaf.LAST_DAY)

# A list is written as a list of one shape: that of its elements.
Shape: TypeAlias = "Mapping[str, Leaf | Shape | Sequence[Shape]]"


class Field(NamedTuple):
    """A leaf or a container within one level. `path` is relative to the level, joined by dots."""

    path: str
    key: str
    parent: str | None


class LevelShape(NamedTuple):
    """The fields of one level: the record itself, or the elements of one list."""

    leaves: dict[str, Leaf]
    objects: list[Field]
    lists: dict[str, Shape]
    list_fields: list[Field]

    def within(self, path: str) -> list[str]:
        """Leaves and lists that stand in the object of that path."""
        return [name for name in (*self.leaves, *self.lists) if name.startswith(f"{path}.")]

    def twins(self, key: str) -> list[str]:
        """Leaves under the same key as a container, such as `price` in the newer shape of an invoice line."""
        return [name for name in self.leaves if name.rpartition(".")[2] == key]


def level_shape(shape: Shape, key: str | None = None) -> LevelShape:
    """Flatten objects into dotted paths; lists stay, each a level of its own. `key` is the key the level stands under."""
    level = LevelShape({}, [], {}, [])

    def visit(part: Shape, prefix: str, parent: str | None) -> None:
        for name, kind in part.items():
            path = f"{prefix}{name}"
            if isinstance(kind, Leaf):
                level.leaves[path] = kind
            elif isinstance(kind, Mapping):
                level.objects.append(Field(path, name, parent))
                visit(kind, f"{path}.", name)
            else:
                level.list_fields.append(Field(path, name, parent))
                level.lists[path] = kind[0]

    visit(shape, "", key)
    return level


def has_days(shape: Shape) -> bool:
    """Whether a calendar day is read anywhere in the shape."""
    parts = (kind if isinstance(kind, Leaf | Mapping) else kind[0] for kind in shape.values())
    return any(part in DAYS if isinstance(part, Leaf) else has_days(part) for part in parts)


def structure(shape: Shape) -> str:
    """The shape as the JSON structure that DuckDB's `from_json` takes, every leaf as text."""

    def spell(part: Leaf | Shape | Sequence[Shape]) -> object:
        if isinstance(part, Leaf):
            return "VARCHAR"
        if isinstance(part, Mapping):
            return {name: spell(kind) for name, kind in part.items()}
        return [spell(part[0])]

    return json.dumps(spell(shape))


def containers(shape: Shape) -> Iterator[tuple[str, str]]:
    """Every key that holds an object or a list, with the character that opens it."""
    for name, kind in shape.items():
        if isinstance(kind, Leaf):
            continue
        inner = kind if isinstance(kind, Mapping) else kind[0]
        yield name, "{" if isinstance(kind, Mapping) else "["
        yield from containers(inner)
