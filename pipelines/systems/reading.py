"""What the reading of one kind of record hands to the file that turns it into facts, and how that file judges it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import polars as pl

from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.faults import Faults
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shred import Shredder

ANY = pl.lit(True)


@dataclass(frozen=True)
class Reading:
    """Objects of one kind, a block of records at a time.

    `frames[""]` has a row a record with the object's leaves, `_row`, `event_type` and `event_at` (when the source made the
    event); the other frames have the elements of lists (see `shred`). `kind` says where in the record the object stands.
    """

    source: str
    frames: dict[str, pl.DataFrame]
    faults: Faults
    kind: Kind

    @property
    def root(self) -> pl.DataFrame:
        return self.frames[""]

    def with_frame(self, path: str, frame: pl.DataFrame) -> Reading:
        """The same reading with one frame replaced."""
        return Reading(self.source, {**self.frames, path: frame}, self.faults, self.kind)

    def of_object(self, name: str, kind: Kind) -> Reading:
        """The objects of a kind that stand under a name beside others, in the records that have one."""
        prefix = f"{name}."
        own = {column: column.removeprefix(prefix) for column in self.root.columns if column.startswith(prefix)}
        there = self.root.filter(pl.any_horizontal(pl.col(column).is_not_null() for column in own))
        root = there.select("_row", "event_type", "event_at", **{new: pl.col(old) for old, new in own.items()})
        lists = {path.removeprefix(prefix): frame for path, frame in self.frames.items() if path.startswith(prefix)}
        return Reading(self.source, {**lists, "": root}, self.faults, kind)

    def object_id(self, id_in_source: pl.Expr | str) -> pl.Expr:
        """Id of an object as silver has it; null stays null."""
        expression = pl.col(id_in_source) if isinstance(id_in_source, str) else id_in_source
        return pl.concat_str(pl.lit(f"{self.source}:"), expression)

    def of_root(self, frame: pl.DataFrame, **columns: str) -> pl.DataFrame:
        """Elements of a list with columns of the record they belong to: new name = name in the record."""
        root = self.root.select("_row", **{new: pl.col(old) for new, old in columns.items()})
        return frame.join(root, on="_row", how="left", maintain_order="left")

    def require(self, frame_path: str, *leaves: str, when: pl.Expr = ANY) -> None:
        """Each leaf must be there, in the rows where `when` holds."""
        frame = self.frames[frame_path]
        for leaf in leaves:
            if frame.get_column(leaf).null_count():
                rows = frame.filter(pl.col(leaf).is_null() & when).get_column("_row")
                self.faults.add_rows(rows, Code.MISSING_FIELD, self.kind.path(frame_path, leaf))

    def require_any(self, frame_path: str, leaves: Sequence[str], when: pl.Expr = ANY) -> None:
        """At least one of the leaves must be there; the first is the one that is missed."""
        missing = pl.all_horizontal(pl.col(leaf).is_null() for leaf in leaves) & when
        rows = _rows(self.frames[frame_path], missing).get_column("_row")
        self.faults.add_rows(rows, Code.MISSING_FIELD, self.kind.path(frame_path, leaves[0]))

    def allow(self, frame_path: str, leaf: str, values: Collection[str]) -> None:
        """The leaf is empty or one of the values."""
        self.refuse(frame_path, leaf, ~pl.col(leaf).is_in(list(values)))

    def refuse(self, frame_path: str, leaf: str, wrong: pl.Expr, code: Code = Code.NOT_ALLOWED) -> None:
        """The leaf has a value it may not have wherever `wrong` holds."""
        found = _rows(self.frames[frame_path], wrong)
        self.faults.add_rows(found.get_column("_row"), code, self.kind.path(frame_path, leaf), found.get_column(leaf))


def _rows(frame: pl.DataFrame, wrong: pl.Expr) -> pl.DataFrame:
    """The rows where something is wrong: hardly ever any, and to look costs a fourth of a filter."""
    found = frame.select_seq(wrong).to_series()
    return frame.filter(found) if found.any() else frame.clear()


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of record: what is read of it and how it becomes facts.

    `place` is the dotted path at which the object stands in the record; nothing where the record is the object. `beside`
    is what else is read of the record, as a shape of the object that holds the object. `by_record`: an event is known by
    its record, as it was when its type was not read yet, and not by its facts. `blank`: the source writes an empty text
    where there is nothing.
    """

    name: str
    shape: Shape
    facts: Callable[[Reading], list[Fact]]
    place: str = ""
    beside: Shape | None = None
    by_record: bool = False
    blank: bool = False

    def at(self, place: str) -> Kind:
        """The same kind of object at another place in the record, where it is known by its facts."""
        return replace(self, place=place, by_record=False)

    @property
    def _above(self) -> str:
        return self.place.rpartition(".")[0]

    @cached_property
    def shredder(self) -> Shredder:
        if not self.place:
            return Shredder({**self.shape, **(self.beside or {})}, blank=self.blank)
        above, name = f"{self._above}." if self._above else "", self.place.rpartition(".")[2]
        holder: Shape = {name: self.shape, **(self.beside or {})}
        steps = reversed(self._above.split(".")) if self._above else ()
        return Shredder(reduce(_under, steps, holder), (f"{self.place}.", *([above] if above else [])), self.blank)

    def path(self, frame_path: str, leaf: str) -> str:
        """Path of a leaf from the top of the record, as messages name it."""
        if leaf.partition(".")[0] in (self.beside or {}):
            return f"{self._above}.{leaf}".lstrip(".")
        inner = f"{frame_path}[]" if frame_path else ""
        return ".".join(part for part in (self.place, inner, leaf) if part)


def _under(shape: Shape, name: str) -> dict[str, Leaf | Shape | Sequence[Shape]]:
    return {name: shape}
