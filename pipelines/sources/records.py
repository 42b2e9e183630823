"""From bytes to records: cutting a block at its newlines without a loop over lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipelines.sources.ranges import RECORD_SCHEMA

NEWLINE, RETURN = 10, 13
# The search for newlines keeps its marks in the processor's cache.
SEARCH_BYTES = 1 << 20
# A view is 16 bytes: up to 12 bytes of text stand in it, a longer text by its first 4 and where it begins
# (Arrow columnar format, "Variable-size Binary View Layout").
VIEW = np.dtype([("length", "<u4"), ("first", "V4"), ("buffer", "<u4"), ("offset", "<u4")])
INLINE_BYTES = 12
# Where a text begins is counted in 31 bits: a larger buffer goes by several names, one for each GiB.
PART_BITS = 30


def split_lines(buffer: bytes | memoryview, offset: int, split: str) -> pl.DataFrame:
    """Records of a buffer of whole lines: `split`, `position` (offset of the line's first byte), `payload`.

    Blank lines are no records. A carriage return before the newline belongs to the line's end. The payloads are views of
    the buffer, which lives as long as they do; a line must be shorter than 4 GiB.
    """
    data = np.frombuffer(buffer, dtype=np.uint8)
    ends = _newlines(data)
    if data.size and (not ends.size or ends[-1] != data.size - 1):
        ends = np.append(ends, data.size)
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    last = np.maximum(ends - 1, 0)
    returns = (ends > starts) & (data[last] == RETURN)
    lengths = ends - starts - returns
    kept = lengths > 0
    starts, lengths = starts[kept], lengths[kept]
    frame = pl.DataFrame({"position": starts + offset, "payload": pl.Series(_views(data, starts, lengths))})
    return frame.with_columns(split=pl.lit(split, pl.String)).select(*RECORD_SCHEMA)


def _newlines(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Where the newlines stand."""
    parts = (data[start : start + SEARCH_BYTES] for start in range(0, data.size, SEARCH_BYTES))
    found = [np.flatnonzero(part == NEWLINE) + number * SEARCH_BYTES for number, part in enumerate(parts)]
    return np.concatenate(found, dtype=np.int64) if found else np.zeros(0, dtype=np.int64)


def _beginnings(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.uint8]:
    """The first bytes from each start, as many a row; beyond the end of the buffer stands anything."""
    found: npt.NDArray[np.uint8] = data[np.minimum(starts[:, None] + np.arange(size), data.size - 1)]
    return found


def _views(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> pa.Array:
    """Texts of the buffer as an Arrow array that copies none of them, except those that are shorter than their views."""
    views = np.zeros(len(starts), dtype=VIEW)
    views["length"] = lengths
    views["first"] = _beginnings(data, starts, 4).view("V4").ravel()
    views["buffer"] = starts >> PART_BITS
    views["offset"] = starts & ((1 << PART_BITS) - 1)
    short = np.flatnonzero(lengths <= INLINE_BYTES)
    texts = _beginnings(data, starts[short], INLINE_BYTES)
    texts[np.arange(INLINE_BYTES) >= lengths[short, None]] = 0
    views.view(np.uint8).reshape(-1, VIEW.itemsize)[short, -INLINE_BYTES:] = texts
    whole = pa.py_buffer(data)
    parts = [whole.slice(start) for start in range(0, data.size, 1 << PART_BITS)]
    return pa.Array.from_buffers(pa.binary_view(), len(views), [None, pa.py_buffer(views), *parts])


def split_arrays(records: pl.DataFrame, elements: Callable[[bytes], list[bytes] | None]) -> pl.DataFrame:
    """Records of which an array of records is several: each at the position of the array's line and its place in the array.

    An array is longer than it has elements, so that no two records have one position. `elements` gives nothing for what is
    no array after all.
    """
    opens = pl.col("payload").bin.starts_with(b"[")
    if not records.select(opens.any()).item():
        return records
    rows = []
    for split, position, payload in records.filter(opens).iter_rows():
        found = elements(payload)
        inner = [payload] if found is None else found
        rows += [(split, position + place, element) for place, element in enumerate(inner)]
    split_up = pl.DataFrame(rows, schema=RECORD_SCHEMA, orient="row")
    return pl.concat([records.filter(~opens), split_up]).sort("position")


def from_payloads(payloads: list[bytes], first: int, split: str) -> pl.DataFrame:
    """Records that are counted instead of measured: position is the ordinal."""
    return pl.DataFrame(
        {"split": [split] * len(payloads), "position": range(first, first + len(payloads)), "payload": payloads},
        schema=RECORD_SCHEMA,
    )
