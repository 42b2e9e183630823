"""Numbers of many digits in JSON, kept in the digits in which they were written."""

from __future__ import annotations

import json

import polars as pl

# A number that a binary float may not hold exactly.
LONG_NUMBER = r":\s*-?(?:\d\.?){16,}"


def long_numbers(texts: pl.Series) -> pl.Series:
    """Whether each record may hold a number that the reading of a block would round."""
    return texts.str.contains(LONG_NUMBER).fill_null(False)


def exact_numbers(texts: pl.Series) -> pl.Series:
    """Numbers of many digits become text, in the records that have any: the reading of a block would round them."""
    long = long_numbers(texts)
    if not long.any():
        return texts
    return texts.scatter(long.arg_true(), [_numbers_as_text(text) for text in texts.filter(long)])


def _numbers_as_text(text: str) -> str:
    try:
        return json.dumps(json.loads(text, parse_float=str, parse_int=str))
    except (ValueError, RecursionError):
        return text
