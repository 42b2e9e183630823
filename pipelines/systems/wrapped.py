"""A record that holds its object in lists: an answer to a query or a feed of changes, cut to one object a line.

The object stands at a path such as `QueryResponse.Invoice` or `CDCResponse[].QueryResponse[].Invoice`, whose last name is
that of a list with one element.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import polars as pl

from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Shape


def listed_kind(name: str, shape: Shape, facts: Callable[[Reading], list[Fact]], path: str) -> Kind:
    """The kind of record whose object is the one element of the list at a path; `facts` reads it as if it stood alone."""
    alone = Kind(name, shape, facts, f"{path}[0]")
    steps = list(reversed(path.split(".")))
    inner: Shape = {steps[0]: [shape]}
    return Kind(name, reduce(_around, steps[1:], inner), lambda reading: facts(_unwrapped(reading, path, alone)))


def _around(inner: Shape, step: str) -> Shape:
    return {step.removesuffix("[]"): [inner]} if step.endswith("[]") else {step: inner}


def _unwrapped(reading: Reading, path: str, alone: Kind) -> Reading:
    """The frames as they would be without the wrapping. A second object in one record has no place of its own."""
    elements, prefix = reading.frames[path], f"{path}[]."
    more = elements.filter(pl.col("_row").is_duplicated()).get_column("_row").unique()
    reading.faults.add_rows(more, Code.NOT_ALLOWED, path, pl.Series(["more than one object"] * len(more), dtype=pl.String))
    told = reading.root.select("_row", "event_type", "event_at")
    once = elements.filter(~pl.col("_row").is_duplicated()).drop("_up", "_n")
    frames = {"": once.join(told, on="_row", how="left", maintain_order="left")}
    kept = once.select("_row")
    for name, frame in reading.frames.items():
        if name.startswith(prefix):
            frames[name.removeprefix(prefix)] = frame.join(kept, on="_row", how="semi", maintain_order="left")
    return Reading(reading.source, frames, reading.faults, alone)
