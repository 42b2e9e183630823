"""Hashes that are stored, and therefore frozen: XXH3 with 128 bits, by its published specification.

`polars.hash` may change between versions and machines; nothing that is written to disk may use it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from polars_hash import NonCryptographicHashingNameSpace as Hash

from lakehouse.sorted_runs import all_differ

SEPARATOR = "\x1f"

# One record of a key index: the two halves of a key's hash and the first 64 bits of its content's hash.
KEY_RECORD = np.dtype([("high", "<u8"), ("low", "<u8"), ("content", "<u8")])

KeyRecords = npt.NDArray[np.void]


def key_records(frame: pl.DataFrame, key: tuple[str, ...], content_hash: str | None) -> KeyRecords:
    """Hashes of each row's key, and the head of its content hash, in the order of the rows.

    A key of several columns is joined by the unit separator, times and dates in ISO 8601.
    A content hash is a string of hexadecimal digits; a table without one has zeros.
    """
    texts = frame.select(key=pl.concat_str([pl.col(c).cast(pl.String) for c in key], separator=SEPARATOR))
    if texts.get_column("key").null_count():
        raise ValueError(f"a key of {', '.join(key)} is empty")
    whole = texts.select(Hash(pl.col("key")).xxh3_128())
    records = np.zeros(frame.height, dtype=KEY_RECORD)
    for name, half in (("high", pl.col("key") // 2**64), ("low", pl.col("key") % 2**64)):
        records[name] = whole.select(half.cast(pl.UInt64)).to_series().to_numpy()
    if content_hash is not None:
        heads = frame.get_column(content_hash).str.slice(0, 16).str.to_integer(base=16, dtype=pl.UInt64)
        records["content"] = heads.to_numpy()
    return records


def no_keys(rows: int) -> KeyRecords:
    """For the rows of a table that is not fenced by its keys."""
    return np.zeros(rows, dtype=KEY_RECORD)


def first_of_each(keys: KeyRecords) -> npt.NDArray[np.bool_]:
    """True for the first row of each key and content; two contents under one key both stay, for the commit to judge."""
    if all_differ(keys["high"]):
        return np.ones(len(keys), dtype=np.bool_)
    columns = pl.DataFrame({name: np.ascontiguousarray(keys[name]) for name in ("high", "low", "content")})
    return columns.select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()


def hexdigests(texts: pl.Series) -> pl.Series:
    """XXH3 with 128 bits of each text, in hexadecimal."""
    digest = Hash(pl.col("text")).xxh3_128(return_binary=True, byte_order="big")
    return texts.to_frame("text").select(digest.bin.encode("hex")).to_series()
