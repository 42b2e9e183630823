"""From bytes to records: cutting a block at its newlines without a loop over lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.sources.ranges import RECORD_SCHEMA

NEWLINE, RETURN = 10, 13


def split_lines(buffer: bytes | memoryview, offset: int, split: str) -> pl.DataFrame:
    """Records of a buffer of whole lines: `split`, `position` (offset of the line's first byte), `payload`.

    Blank lines are no records. A carriage return before the newline belongs to the line's end.
    """
    data = np.frombuffer(buffer, dtype=np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    if data.size and (not ends.size or ends[-1] != data.size - 1):
        ends = np.append(ends, data.size)
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    wanted = data != NEWLINE
    last = np.maximum(ends - 1, 0)
    returns = (ends > starts) & (data[last] == RETURN) if data.size else np.zeros(0, dtype=np.bool_)
    wanted[last[returns]] = False
    lengths = ends - starts - returns
    offsets = np.zeros(len(ends) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    payload = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(data[wanted])]
    )
    frame = pl.DataFrame({"position": starts.astype(np.int64) + offset, "payload": pl.Series(payload)})
    frame = frame.with_columns(split=pl.lit(split, pl.String)).select(*RECORD_SCHEMA)
    return frame.filter(pl.Series(lengths > 0))


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
