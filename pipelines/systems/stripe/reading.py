"""What the reading of one kind of Stripe object hands to the file that turns it into facts, and how that file judges it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.faults import Faults
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shred import Shredder

OBJECT = "data.object"

ANY = pl.lit(True)


@dataclass(frozen=True)
class Reading:
    """Objects of one kind, a block of events at a time.

    `frames[""]` has a row an event with the object's leaves, `_row`, `event_type` and `event_at` (when Stripe made the
    event); the other frames have the elements of lists (see `shred`).
    """

    source: str
    frames: dict[str, pl.DataFrame]
    faults: Faults

    @property
    def root(self) -> pl.DataFrame:
        return self.frames[""]

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
                self.faults.add_rows(rows, Code.MISSING_FIELD, field_path(frame_path, leaf))

    def require_any(self, frame_path: str, leaves: Sequence[str], when: pl.Expr = ANY) -> None:
        """At least one of the leaves must be there; the first is the one that is missed."""
        missing = pl.all_horizontal(pl.col(leaf).is_null() for leaf in leaves) & when
        rows = self.frames[frame_path].filter(missing).get_column("_row")
        self.faults.add_rows(rows, Code.MISSING_FIELD, field_path(frame_path, leaves[0]))

    def allow(self, frame_path: str, leaf: str, values: Collection[str]) -> None:
        """The leaf is empty or one of the values."""
        self.refuse(frame_path, leaf, ~pl.col(leaf).is_in(list(values)))

    def refuse(self, frame_path: str, leaf: str, wrong: pl.Expr, code: Code = Code.NOT_ALLOWED) -> None:
        """The leaf has a value it may not have wherever `wrong` holds."""
        found = self.frames[frame_path].filter(wrong)
        self.faults.add_rows(found.get_column("_row"), code, field_path(frame_path, leaf), found.get_column(leaf))


def field_path(frame_path: str, leaf: str) -> str:
    """Path from the top of the record, as messages name it."""
    inner = f"{OBJECT}.{frame_path}[]" if frame_path else OBJECT
    return f"data.{leaf}" if leaf.startswith("previous_attributes") else f"{inner}.{leaf}"


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of event: the object it carries (as named in `object`), what is read of it, and how it becomes facts.

    `previous` is read of `data.previous_attributes`.
    """

    object_type: str
    shape: Shape
    facts: Callable[[Reading], list[Fact]]
    previous: Shape | None = None

    @cached_property
    def shredder(self) -> Shredder:
        data: dict[str, Leaf | Shape | Sequence[Shape]] = {"object": {"id": Leaf.ID, "object": Leaf.TEXT, **self.shape}}
        if self.previous:
            data["previous_attributes"] = self.previous
        return Shredder({"data": data}, (f"{OBJECT}.", "data."))


# Stripe's clock counts whole seconds. Where one object has several events within a second, this order of its life
# decides which state is the last; it becomes `source_sequence`.
LIFE = {"created": 0, "updated": 1, "deleted": 2}


def life_order() -> pl.Expr:
    """Place of an event in the life of an object that is created, updated and deleted."""
    stage = pl.col("event_type").str.split(".").list.last()
    return stage.replace_strict(LIFE, default=1, return_dtype=pl.Int64)


def operation() -> pl.Expr:
    """A deleted object is retracted."""
    deleted = pl.col("event_type").str.ends_with(".deleted")
    return pl.when(deleted).then(pl.lit("retract")).otherwise(pl.lit("assert"))
