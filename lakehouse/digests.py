"""Stable hashes of whole columns: MurmurHash3 for x64 with 128 bits and seed 0, by its published definition.

What is written to disk must be the same on every machine and for ever, which `polars.hash` is not, and hashing a journal
value by value takes longer than computing it. Here every step is one of a whole column of 64-bit words.
https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (MurmurHash3_x64_128)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Words = npt.NDArray[np.uint64]
Digests = tuple[Words, Words]
"""The two halves of each row's hash, in the order in which the definition returns them."""

_BLOCK = 16
_C1, _C2 = np.uint64(0x87C37B91114253D5), np.uint64(0x4CF5AD432745937F)
_N1, _N2 = np.uint64(0x52DCE729), np.uint64(0x38495AB5)
_F1, _F2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_FIVE = np.uint64(5)
# Of a word that the text ends in, the bytes that belong to it: none to all eight.
_ENDS = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


def digests_of_text(values: pl.Series) -> Digests:
    """The hash of the UTF-8 bytes of each value; none may be null."""
    n = len(values)
    stored = values.cast(pl.String).rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_string())
    _, offsets, data = stored.buffers()
    begins = (
        np.frombuffer(offsets, np.int64, n + 1, stored.offset * 8) if offsets is not None else np.zeros(n + 1, np.int64)
    )
    begin, size = begins[:-1], np.diff(begins)
    text = np.zeros((data.size if data is not None else 0) + _BLOCK, np.uint8)
    if data is not None:
        text[:-_BLOCK] = np.frombuffer(data, np.uint8)
    # The word that begins at each byte.
    words = np.ndarray((len(text) - 7,), "<u8", text, strides=(1,))
    low, high = np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    rows, whole = np.arange(n), size // _BLOCK
    for block in range(int(whole.max(initial=0))):
        rows = rows[whole[rows] > block]
        at = begin[rows] + block * _BLOCK
        low[rows], high[rows] = _with_block(low[rows], high[rows], words[at], words[at + 8])
    at, rest = begin + whole * _BLOCK, size % _BLOCK
    tail = words[at] & _ENDS[rest.clip(0, 8)], words[at + 8] & _ENDS[(rest - 8).clip(0, 8)]
    return _finished(low ^ _first(tail[0]), high ^ _second(tail[1]), size.astype(np.uint64))


def digests_of_words(words: Sequence[npt.NDArray[np.int64] | Words]) -> Digests:
    """The hash of the little-endian bytes of each row's words, of which there is an even number."""
    n = len(words[0])
    low, high = np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    for one, two in zip(words[::2], words[1::2], strict=True):
        low, high = _with_block(low, high, one.view(np.uint64), two.view(np.uint64))
    return _finished(low, high, np.full(n, 8 * len(words), np.uint64))


def hexadecimal(digests: Digests) -> pl.Series:
    """Each hash as 32 hexadecimal digits, the first half first."""
    halves = np.column_stack(digests).astype(">u8")
    ends = np.arange(0, _BLOCK * (len(halves) + 1), _BLOCK, dtype=np.int64)
    stored = pa.Array.from_buffers(pa.large_binary(), len(halves), [None, pa.py_buffer(ends), pa.py_buffer(halves)])
    return pl.Series(pl.from_arrow(stored), dtype=pl.Binary).bin.encode("hex")


def mixed(words: Words) -> Words:
    """Each word with its bits mixed: the last step of the definition, one to one."""
    words = (words ^ (words >> np.uint64(33))) * _F1
    words = (words ^ (words >> np.uint64(33))) * _F2
    return words ^ (words >> np.uint64(33))


def _with_block(low: Words, high: Words, one: Words, two: Words) -> Digests:
    low = (_turned(low ^ _first(one), 27) + high) * _FIVE + _N1
    high = (_turned(high ^ _second(two), 31) + low) * _FIVE + _N2
    return low, high


def _finished(low: Words, high: Words, size: Words) -> Digests:
    low, high = low ^ size, high ^ size
    low = low + high
    low, high = mixed(low), mixed(high + low)
    low = low + high
    return low, high + low


def _first(word: Words) -> Words:
    return _turned(word * _C1, 31) * _C2


def _second(word: Words) -> Words:
    return _turned(word * _C2, 33) * _C1


def _turned(word: Words, bits: int) -> Words:
    return (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))
