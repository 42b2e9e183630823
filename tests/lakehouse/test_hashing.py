"""Hashes that are stored are those of the published specification, whoever computes them."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
import xxhash

from lakehouse.hashing import SEPARATOR, first_of_each, hexdigests, key_records
from lakehouse.sorted_runs import all_differ, distinct

TEXTS = ["", "a", "stripe|evt_1|invoice", "größer als ein Cent €", "x" * 5000]


def test_the_digest_is_xxh3_with_128_bits() -> None:
    assert hexdigests(pl.Series(TEXTS)).to_list() == [xxhash.xxh3_128_hexdigest(text.encode()) for text in TEXTS]
    assert hexdigests(pl.Series([], dtype=pl.String)).to_list() == []


def test_the_record_of_a_key_holds_both_halves_of_its_digest_and_the_head_of_its_content() -> None:
    contents = [xxhash.xxh3_128_hexdigest(text[::-1].encode()) for text in TEXTS]
    records = key_records(pl.DataFrame({"row_key": TEXTS, "content_hash": contents}), ("row_key",), "content_hash")
    for text, content, record in zip(TEXTS, contents, records, strict=True):
        whole = xxhash.xxh3_128_intdigest(text.encode())
        assert (int(record["high"]), int(record["low"])) == divmod(whole, 2**64)
        assert int(record["content"]) == int(content[:16], 16)


def test_a_key_of_several_columns_is_joined_by_a_separator() -> None:
    frame = pl.DataFrame({"name": ["a", "b"], "day": [date(2024, 1, 31), date(2025, 2, 1)]})
    joined = [f"a{SEPARATOR}2024-01-31", f"b{SEPARATOR}2025-02-01"]
    records = key_records(frame, ("name", "day"), None)
    assert [int(high) for high in records["high"]] == [xxhash.xxh3_128_intdigest(text.encode()) >> 64 for text in joined]
    assert not records["content"].any()


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="a key of name, day is empty"):
        key_records(pl.DataFrame({"name": ["a", None], "day": ["b", "c"]}), ("name", "day"), None)


def test_the_first_of_each_key_and_content_counts() -> None:
    frame = pl.DataFrame({"key": ["a", "b", "a", "a", "b"], "hash": ["0" * 32, "1" * 32, "0" * 32, "2" * 32, "1" * 32]})
    assert first_of_each(key_records(frame, ("key",), "hash")).tolist() == [True, True, False, True, False]
    assert first_of_each(key_records(frame[:2], ("key",), "hash")).all()


@pytest.mark.parametrize("values", [[], [7], [3, 1, 2], [5, 5], [2, 9, 2, 9, 1]])
def test_values_once_in_order(values: list[int]) -> None:
    words = np.array(values, np.uint64)
    assert distinct(words).tolist() == sorted(set(values))
    assert all_differ(words) == (len(set(values)) == len(values))
