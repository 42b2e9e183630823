"""Hashes that are stored, and therefore frozen: XXH3 with 128 bits, by its published specification.

`polars.hash` may change between versions and machines; nothing that is written to disk may use it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

SEPARATOR = "\x1f"

# One record of a key index: the two halves of a key's hash and the first 64 bits of its content's hash.
KEY_RECORD = np.dtype([("high", "<u8"), ("low", "<u8"), ("content", "<u8")])

KeyRecords = npt.NDArray[np.void]


def key_records(frame: pl.DataFrame, key: tuple[str, ...], content_hash: str | None) -> KeyRecords:
    """Hashes of each row's key, and the head of its content hash, in the order of the rows.

    A key of several columns is joined by the unit separator, times and dates in ISO 8601.
    A content hash is a string of hexadecimal digits; a table without one has zeros.
    """
    if len(key) == 1 and frame.schema[key[0]] == pl.String:
        joined = frame.get_column(key[0])
    else:
        joined = frame.select(pl.concat_str([pl.col(c).cast(pl.String) for c in key], separator=SEPARATOR)).to_series()
    digests = b"".join([xxhash.xxh3_128_digest(value) for value in joined.cast(pl.Binary).to_list()])
    halves = np.frombuffer(digests, dtype=[("high", ">u8"), ("low", ">u8")])
    records = np.zeros(len(halves), dtype=KEY_RECORD)
    records["high"] = halves["high"]
    records["low"] = halves["low"]
    if content_hash is not None:
        heads = frame.get_column(content_hash).str.slice(0, 16).str.to_integer(base=16, dtype=pl.UInt64)
        records["content"] = heads.to_numpy()
    return records


def first_of_each(keys: KeyRecords) -> npt.NDArray[np.bool_]:
    """True for the first row of each key and content; two contents under one key both stay, for the commit to judge."""
    if len(np.unique(keys["high"])) == len(keys):
        return np.ones(len(keys), dtype=np.bool_)
    columns = pl.DataFrame({name: np.ascontiguousarray(keys[name]) for name in ("high", "low", "content")})
    return columns.select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()
