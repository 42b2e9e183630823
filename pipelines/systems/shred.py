"""A block of JSON records as flat frames: one for the records, one for the elements of each list.

`frames[""]` has a row a record, `frames["lines.data"]` a row an element, `frames["lines.data[].taxes"]` a row an element
of an element. Columns are the dotted paths of the leaves, converted; besides: `_row` (the record's place in the block),
`_up` (the place of the parent in its frame) and `_n` (the place within the list, from 1).
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import polars as pl

from pipelines.systems import json_columns, leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.moments import UTC, in_zone
from pipelines.systems.screening import Screen, Unread, unread
from pipelines.systems.shape import DAYS, Leaf, LevelShape, Shape, level_shape, structure

CONTAINER = r"^[\[{]"
ROOT_PLACES = pl.Schema({"_row": pl.UInt32()})
LIST_PLACES = pl.Schema({"_row": pl.UInt32(), "_up": pl.UInt32(), "_n": pl.Int64()})


class Level(NamedTuple):
    """One level of a shape: its path in messages, the name of its frame, the new names of its leaves, the levels below,
    the expressions that flatten the structs of `_` and that convert the leaves, and which columns are calendar days."""

    path: str
    name: str
    shape: LevelShape
    names: dict[str, str]
    below: dict[str, Level]
    flatten: list[pl.Expr]
    convert: list[pl.Expr]
    days: list[str]


class Shredder:
    """Reads records of one shape. The names of frames and columns go without the first of `prefixes` they begin with.

    `blank`: an empty text counts as nothing.
    """

    def __init__(self, shape: Shape, prefixes: tuple[str, ...] = (), blank: bool = False) -> None:
        self._blank = blank
        self._structure = structure(shape)
        self._screen = Screen(shape)
        self._prefixes = prefixes
        self._root = self._level("", level_shape(shape))

    def _level(self, path: str, shape: LevelShape) -> Level:
        below = {
            name: self._level(f"{path}[].{name}" if path else name, level_shape(inner, name.rpartition(".")[2]))
            for name, inner in shape.lists.items()
        }
        names = {leaf: self._name(leaf) for leaf in shape.leaves}
        flatten = [_field(path).alias(path) for path in (*shape.leaves, *shape.lists)]
        flatten += [_field(field.path).is_not_null().alias(field.path) for field in shape.objects]
        convert = [leaves.value(kind, pl.col(leaf)).alias(names[leaf]) for leaf, kind in shape.leaves.items()]
        days = [names[leaf] for leaf, kind in shape.leaves.items() if kind in DAYS]
        return Level(path, self._name(path), shape, names, below, flatten, convert, days)

    def _name(self, path: str) -> str:
        prefix = next((prefix for prefix in self._prefixes if path.startswith(prefix)), "")
        return path.removeprefix(prefix)

    @cached_property
    def _empty(self) -> dict[str, pl.DataFrame]:
        """Frames of a block without any record."""
        frames: dict[str, pl.DataFrame] = {}

        def add(level: Level, places: pl.Schema) -> None:
            text = pl.DataFrame(schema={**places, **dict.fromkeys(level.shape.leaves, pl.String())})
            frames[level.name] = text.select(*places, *level.convert)
            for inner in level.below.values():
                add(inner, LIST_PLACES)

        add(self._root, ROOT_PLACES)
        return frames

    def shred(self, texts: pl.Series, rows: pl.Series, time_zone: str = UTC) -> tuple[dict[str, pl.DataFrame], Faults]:
        """Frames by name of the records at `rows`, and what is wrong with which. Those records must be JSON."""
        record = json_columns.read(texts.gather(rows) if len(rows) < len(texts) else texts, self._structure)
        frames, faults, seen = dict(self._empty), Faults(), list[Unread]()
        odd: set[int] = set()
        self._read(self._root, pl.DataFrame({"_row": rows, "_": record}), frames, faults, seen, odd)
        odd.update(self._screen.suspects(seen, texts))
        if odd:
            inspected = Faults()
            inspected.add_each(self._screen.inspect(sorted(odd), texts))
            faults.put_first(inspected)
        if time_zone != UTC:
            self._place_days(self._root, frames, time_zone)
        return frames, faults

    def _place_days(self, level: Level, frames: dict[str, pl.DataFrame], time_zone: str) -> None:
        """Calendar days begin in the time zone."""
        if level.days:
            placed = (in_zone(pl.col(name), time_zone).alias(name) for name in level.days)
            frames[level.name] = frames[level.name].with_columns(placed)
        for inner in level.below.values():
            self._place_days(inner, frames, time_zone)

    def _read(
        self,
        level: Level,
        structs: pl.DataFrame,
        frames: dict[str, pl.DataFrame],
        faults: Faults,
        seen: list[Unread],
        odd: set[int],
    ) -> None:
        """Flatten a level, whose elements are `_`, convert its leaves, and go on with its lists."""
        places = [name for name in structs.columns if name != "_"]
        raw = structs.select_seq(*places, *level.flatten)
        if self._blank:
            raw = raw.with_columns(pl.when(pl.col(leaf) != "").then(leaf).alias(leaf) for leaf in level.shape.leaves)
        seen += unread(level.shape, raw)
        frames[level.name] = self._convert(level, _expand(level.shape, raw, odd), faults)
        for name, inner in level.below.items():
            lists = raw.get_column(name)
            if lists.null_count() < len(lists):
                elements = _elements(raw.select("_row", pl.col(name).alias("_")))
                if elements.height:
                    self._read(inner, elements, frames, faults, seen, odd)

    def _convert(self, level: Level, raw: pl.DataFrame, faults: Faults) -> pl.DataFrame:
        """Text to values; what has text but no value is a fault."""
        places = [name for name in LIST_PLACES if name in raw.columns]
        typed = raw.select_seq(*places, *level.convert)
        for leaf, kind in level.shape.leaves.items():
            values = typed.get_column(level.names[leaf])
            if values.null_count() > raw.get_column(leaf).null_count():
                wrong = raw.filter(pl.col(leaf).is_not_null() & values.is_null())
                if kind is Leaf.ID:
                    wrong = wrong.filter(pl.col(leaf) != "")
                field = f"{level.path}[].{leaf}" if level.path else leaf
                faults.add(
                    wrong.select(row="_row", code=leaves.fault_code(kind, pl.col(leaf)), field=pl.lit(field), value=leaf)
                )
        return typed

    def refine(self, faults: Faults, texts: pl.Series) -> Faults:
        """A field that seems to be missing may be there with the wrong type: then that is what is told."""
        missing = faults.first().filter(pl.col("code") == Code.MISSING_FIELD.value)
        better = Faults()
        better.add_each(self._screen.inspect(missing.get_column("row").to_list(), texts))
        faults.put_first(better)
        return faults


def _elements(lists: pl.DataFrame) -> pl.DataFrame:
    """One row an element of the lists in `_`."""
    length = pl.col("_").list.len()
    filled = lists.with_row_index("_up").filter(length > 0)
    numbered = filled.with_columns(_n=pl.int_ranges(1, length + 1, dtype=pl.Int64))
    return numbered.explode("_", "_n").select_seq("_row", "_up", "_n", "_")


def _field(path: str) -> pl.Expr:
    expression = pl.col("_")
    for name in path.split("."):
        expression = expression.struct.field(name)
    return expression


def _expand(level: LevelShape, raw: pl.DataFrame, odd: set[int]) -> pl.DataFrame:
    """Put the id of an expanded object in the place of the object; what else has a container for a text goes to `odd`."""
    names = [leaf for leaf, kind in level.leaves.items() if kind in (Leaf.ID, Leaf.TEXT)]
    if not names:
        return raw
    held = raw.select_seq(pl.col(names).str.contains(CONTAINER).any()).row(0, named=True)
    for name in names:
        if held[name]:
            odd.update(raw.filter(pl.col(name).str.contains(CONTAINER)).get_column("_row"))
            if level.leaves[name] is Leaf.ID:
                raw = raw.with_columns(leaves.expanded_id(pl.col(name)))
    return raw
