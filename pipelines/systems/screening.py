"""Finds containers of the wrong type, which the reading of a whole block turns silently into nulls.

An object or list of which nothing could be read is either absent, or empty, or something else. A search of the raw text
for its key, followed by a character that does not open it, finds the last kind (and some innocent ones, such as a
metadata key of the same name). Only those few records are then looked at one by one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from pipelines.systems.codes import Code, Fault
from pipelines.systems.shape import Field, Leaf, LevelShape, Shape, containers


class Unread(NamedTuple):
    """Records (places in the block) in which nothing was read of a container."""

    field: Field
    rows: pl.Series


class Screen:
    """The searches that belong to one shape."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._openers: dict[str, set[str]] = {}
        for key, opener in containers(shape):
            self._openers.setdefault(key, set()).add(opener)

    def pattern(self, field: Field) -> str:
        """Expression that matches every record in which the container has the wrong type.

        A key that holds objects in one place and lists in another cannot be searched for; its parent can.
        """
        openers = self._openers[field.key]
        if len(openers) == 1:
            return rf'"{field.key}"\s*:\s*[^\s\{"".join(openers)}n]'
        return rf'"{field.parent}"\s*:\s*[^\sn]' if field.parent else ""

    def suspects(self, unread: Sequence[Unread], texts: pl.Series) -> list[int]:
        """Records that may hold something else than the shape says."""
        found: set[int] = set()
        for field, rows in unread:
            if len(rows):
                candidates = texts if len(rows) == len(texts) else texts.gather(rows)
                found.update(rows.filter(candidates.str.contains(self.pattern(field))))
        return sorted(found)

    def inspect(self, rows: Iterable[int], texts: pl.Series) -> Iterator[tuple[int, Fault]]:
        """The first part of each record that is not what the shape says, if there is one."""
        for row in rows:
            fault = inspect(texts[row], self._shape)
            if fault is not None:
                yield row, fault


def unread(level: LevelShape, frame: pl.DataFrame) -> Iterator[Unread]:
    """Containers of a level with the records in which nothing was read of them.

    `frame` holds leaves as text, lists, and for each object, under its path, whether there is something (`from_json`
    gives an object of nulls where a value of another type stands).
    """
    empty = {name: frame.get_column(name).null_count() for name in (*level.leaves, *level.lists)}
    for field in level.objects:
        columns = [*level.within(field.path), *level.twins(field.key)]
        if min(empty[column] for column in columns) and frame.get_column(field.path).any():
            nothing = pl.all_horizontal(pl.col(field.path), pl.col(columns).is_null())
            yield Unread(field, frame.filter(nothing).get_column("_row"))
    for field in level.list_fields:
        if empty[field.path] == frame.height:
            yield Unread(field, frame.get_column("_row").unique())
        elif empty[field.path]:
            yield Unread(field, frame.filter(pl.col(field.path).is_null()).get_column("_row").unique())


def inspect(record: str, shape: Shape) -> Fault | None:
    """Compare one record with a shape, container by container."""
    try:
        return _compare(json.loads(record), shape, "")
    except (ValueError, RecursionError):
        return Fault(Code.MALFORMED_JSON, None, record)


def _compare(found: object, expected: Leaf | Shape | Sequence[Shape], path: str) -> Fault | None:
    if found is None:
        return None
    if isinstance(expected, Leaf):
        return None if _may_be(found, expected) else _wrong_type(path, found)
    if isinstance(expected, Mapping):
        if not isinstance(found, dict):
            return _wrong_type(path, found)
        parts = ((found.get(name), kind, f"{path}.{name}".lstrip(".")) for name, kind in expected.items())
    else:
        if not isinstance(found, list):
            return _wrong_type(path, found)
        parts = ((item, expected[0], f"{path}[{index}]") for index, item in enumerate(found))
    return next((fault for part in parts if (fault := _compare(*part)) is not None), None)


def _may_be(found: object, leaf: Leaf) -> bool:
    """Whether a value is of the JSON type that a leaf may have."""
    if leaf is Leaf.JSON:
        return True
    if leaf is Leaf.TEXTS:
        return isinstance(found, list) and all(isinstance(item, str) for item in found)
    return not isinstance(found, list | dict) or (leaf is Leaf.ID and isinstance(found, dict) and "id" in found)


def _wrong_type(path: str, found: object) -> Fault:
    return Fault(Code.WRONG_TYPE, path, json.dumps(found, ensure_ascii=False)[:200])
