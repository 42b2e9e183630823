"""Stable hashes of columns: the published definition, whatever the length of the text."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lakehouse.digests import digests_of_text, digests_of_words, hexadecimal

MASK = (1 << 64) - 1

# Values that implementations of the definition publish in their own tests (spaolacci/murmur3, murmur_test.go).
PUBLISHED = {
    "": "00000000000000000000000000000000",
    "hello": "cbd8a7b341bd9b025b1e906a48ae1d19",
    "hello, world": "342fac623a5ebc8e4cdcbc079642414d",
    "19 Jan 2038 at 3:14:07 AM": "b89e5988b737affc664fc2950231b2cb",
    "The quick brown fox jumps over the lazy dog.": "cd99481f9ee902c9695da1a38987b6e7",
}


def byte_by_byte(data: bytes) -> str:
    """The definition, one byte after another, in Python's integers."""

    def turned(word: int, bits: int) -> int:
        return (word << bits | word >> (64 - bits)) & MASK

    def mixed(word: int) -> int:
        word = ((word ^ word >> 33) * 0xFF51AFD7ED558CCD) & MASK
        word = ((word ^ word >> 33) * 0xC4CEB9FE1A85EC53) & MASK
        return word ^ word >> 33

    c1, c2, h1, h2 = 0x87C37B91114253D5, 0x4CF5AD432745937F, 0, 0
    whole = len(data) // 16 * 16
    for at in range(0, whole, 16):
        k1, k2 = (int.from_bytes(data[at + part : at + part + 8], "little") for part in (0, 8))
        h1 ^= turned(k1 * c1 & MASK, 31) * c2 & MASK
        h1 = ((turned(h1, 27) + h2) * 5 + 0x52DCE729) & MASK
        h2 ^= turned(k2 * c2 & MASK, 33) * c1 & MASK
        h2 = ((turned(h2, 31) + h1) * 5 + 0x38495AB5) & MASK
    k1, k2 = (int.from_bytes(data[whole + part : whole + part + 8], "little") for part in (0, 8))
    h1 ^= turned(k1 * c1 & MASK, 31) * c2 & MASK
    h2 ^= turned(k2 * c2 & MASK, 33) * c1 & MASK
    h1, h2 = h1 ^ len(data), h2 ^ len(data)
    h1 = (h1 + h2) & MASK
    h2 = (h2 + h1) & MASK
    h1, h2 = mixed(h1), mixed(h2)
    h1 = (h1 + h2) & MASK
    return f"{h1:016x}{(h2 + h1) & MASK:016x}"


@pytest.mark.parametrize("text", PUBLISHED)
def test_the_published_values(text: str) -> None:
    assert hexadecimal(digests_of_text(pl.Series([text]))).to_list() == [PUBLISHED[text]]
    assert byte_by_byte(text.encode()) == PUBLISHED[text]


def test_every_length_beside_every_other() -> None:
    texts = [("Umsatzerlöse 収益 " * 8)[:length] + str(length) for length in (*range(100, -1, -3), *range(101))]
    assert hexadecimal(digests_of_text(pl.Series(texts))).to_list() == [byte_by_byte(text.encode()) for text in texts]


def test_a_part_of_a_column() -> None:
    texts = pl.Series([f"entry {number}" for number in range(50)])
    assert hexadecimal(digests_of_text(texts[7:9])).to_list() == [byte_by_byte(t.encode()) for t in ("entry 7", "entry 8")]
    assert hexadecimal(digests_of_text(pl.Series([], dtype=pl.String))).to_list() == []


def test_words_are_their_bytes() -> None:
    words = [np.array([1, -2, 2**62]), np.array([0, 5, -(2**62)]), np.array([7, 7, 7]), np.array([9, 8, 7])]
    rows = [b"".join(int(column[row]).to_bytes(8, "little", signed=True) for column in words) for row in range(3)]
    assert hexadecimal(digests_of_words(words)).to_list() == [byte_by_byte(row) for row in rows]
