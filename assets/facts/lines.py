"""The lines in force of a document or contract: those of its latest event that brought lines.

A billing system sends a document with all its lines in one event, so a line that is missing from the latest event is
gone. A source that tells every line in an event of its own (the native one) has lines that each stand on their own:
there the latest assertion of each line counts.
"""

from __future__ import annotations

import polars as pl

from assets.facts.state import latest

_EVENT = ["source", "source_event_id"]


def lines_in_force(parents: pl.DataFrame, lines: pl.DataFrame, parent: str) -> pl.DataFrame:
    """Rows of `lines` in force, given every row of their parents; `parent` is the column that names the parent."""
    spoken = parents.rename({"object_id": parent}).filter(pl.col("operation") == "assert")
    told = latest(spoken.join(lines, on=[parent, *_EVENT], how="semi"), by=(parent,))
    with_event = lines.join(told, on=[parent, *_EVENT], how="semi").filter(pl.col("operation") == "assert")
    on_their_own = lines.join(told, on=parent, how="anti")
    return pl.concat([with_event.unique(subset="row_key"), latest(on_their_own)])
