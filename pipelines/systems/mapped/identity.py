"""What tells a row from all others, where the mapping decides it.

* KEY: the values of some columns. The same key with another content is a conflict.
* STATE: nothing of its own; the event is known by its type, its object and the hash of its facts (`facts.complete`).
  Another state of the object is another event.
* CONTENT: the values of the columns that are read of it. A file that comes again, under any name, brings nothing new. Two
  rows of one file may say the same and both be meant: an invoice with the same article twice. With `count` the second such
  row of a file is another event than the first, and in the file's next copy the second is the second again. Two files with
  one such row each still speak of one: what a feed exports twice cannot be told from what happened twice, except by an id.
* FILE_AND_ORDINAL: the file and the place in it. Equal rows are as many as there are; a file that comes again under another
  path (or name, with `file: name`) counts again.
"""

from __future__ import annotations

import polars as pl

from lakehouse.hashing import hexdigests
from pipelines.systems import hashing
from pipelines.systems.mapped.spec import By, Identity, RowKind, identifying_columns
from pipelines.systems.mapped.values import CELL, ESCAPES, POSITION, SPLIT

# How a file that is read as a whole is tagged behind its path (`sources.files`).
TAG = r"@\d+-[\d.]+$"


def line_ids(kind: RowKind, rows: pl.DataFrame) -> pl.Series:
    """What identifies each row among those of its kind; null where it is known by its state, or lacks a part of its key."""
    identity, columns = kind.identity, [f"{CELL}{name}" for name in identifying_columns(kind)]
    if identity.by is By.FILE_AND_ORDINAL:
        return _place(identity, rows)
    if identity.by is By.STATE:
        return pl.Series([None] * rows.height, dtype=pl.String)
    if identity.by is By.KEY:
        parts = [pl.col(name).str.replace_many(ESCAPES) for name in columns]
        return rows.select(pl.concat_str(parts, separator="/")).to_series()
    said = content(kind.name, rows.select(columns))
    if not identity.count:
        return said
    counted = rows.select(SPLIT, said=said).select(count=pl.int_range(pl.len()).over(SPLIT, "said")).to_series()
    # The first keeps the bare hash: a feed that begins to count later finds what it had.
    numbered = pl.DataFrame({"said": said, "count": counted})
    more = pl.concat_str("said", pl.lit("+"), "count")
    return numbered.select(pl.when(pl.col("count") > 0).then(more).otherwise("said")).to_series()


def content(kind: str, cells: pl.DataFrame) -> pl.Series:
    """The hash of what the cells of each row say; a row of empty cells says that it is of its kind."""
    if cells.is_empty():
        return pl.Series([], dtype=pl.String)
    return hexdigests(hashing.canonical_rows(kind, cells.with_columns(pl.lit("").alias(CELL))))


def _place(identity: Identity, rows: pl.DataFrame) -> pl.Series:
    path = pl.col(SPLIT).str.replace(TAG, "")
    if identity.by_name:
        path = path.str.extract(r"([^/]*)$")
    return rows.select(pl.concat_str(path, pl.lit("#"), POSITION)).to_series()
