"""The first look at a block: is each record UTF-8, JSON and an object, and what does it say at a few paths?"""

from __future__ import annotations

import polars as pl

from pipelines.systems import json_columns
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults

BYTE_ORDER_MARK = "\ufeff"
SHOWN_BYTES = 120


def open_records(payloads: pl.Series, paths: dict[str, str], faults: Faults) -> tuple[pl.Series, pl.DataFrame]:
    """Records as text, null where unreadable, and a frame of what stands at each path (name: $.a.b), one row a record.

    What is not a readable object is reported to `faults`. Objects and lists at a path come as their JSON.
    """
    texts = _decode(payloads)
    unreadable = texts.is_null()
    _report(faults, payloads, unreadable, Code.NOT_UTF8)
    rows, readable = _present(texts)
    found, broken = json_columns.extract(readable, paths)
    if len(broken):
        texts = texts.scatter(rows.gather(broken), None)
        _report(faults, payloads, texts.is_null() & ~unreadable, Code.MALFORMED_JSON)
        sound = ~pl.Series(range(len(rows))).is_in(broken.implode())
        rows, readable, found = rows.filter(sound), readable.filter(sound), found.filter(sound)
    nothing = found.select(pl.all_horizontal(pl.all().is_null())).to_series()
    if nothing.any():
        # Only where no path led anywhere can the record be something else than an object.
        strange = rows.filter(nothing).filter(~json_columns.is_object(readable.filter(nothing)))
        texts = texts.scatter(strange, None)
        _report(faults, payloads, pl.Series(range(len(texts))).is_in(strange.implode()), Code.NOT_AN_OBJECT)
    if len(rows) == len(texts):
        return texts, found
    every = pl.DataFrame({"row": pl.Series(range(len(texts)), dtype=pl.UInt32)})
    return texts, every.join(found.with_columns(row=rows), on="row", how="left", maintain_order="left").drop("row")


def _decode(payloads: pl.Series) -> pl.Series:
    """Text of each payload, null where it is not UTF-8."""
    try:
        texts = payloads.cast(pl.String)
    except pl.exceptions.ComputeError:
        # The cast of a series fails as a whole.
        every = pl.DataFrame({"row": pl.Series(range(len(payloads)), dtype=pl.UInt32), "text": payloads})
        sound = every.filter(~pl.col("row").is_in(_not_utf8(payloads))).with_columns(pl.col("text").cast(pl.String))
        texts = every.select("row").join(sound, on="row", how="left", maintain_order="left").get_column("text")
    # Stripping copies every text.
    marked = texts.str.starts_with(BYTE_ORDER_MARK).any()
    return (texts.str.strip_prefix(BYTE_ORDER_MARK) if marked else texts).alias("text")


def _not_utf8(payloads: pl.Series, first: int = 0) -> list[int]:
    """Places of the payloads that are not UTF-8: those of a half that cannot be cast as a whole, counted from `first`."""
    try:
        payloads.cast(pl.String)
    except pl.exceptions.ComputeError:
        half = len(payloads) // 2
        if not half:
            return [first]
        return _not_utf8(payloads[:half], first) + _not_utf8(payloads[half:], first + half)
    return []


def _present(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    rows = pl.Series(range(len(texts)), dtype=pl.UInt32)
    return (rows, texts) if texts.null_count() == 0 else (rows.filter(texts.is_not_null()), texts.drop_nulls())


def _report(faults: Faults, payloads: pl.Series, wrong: pl.Series, code: Code) -> None:
    if wrong.any():
        rows = wrong.arg_true().cast(pl.UInt32)
        shown = [payload[:SHOWN_BYTES].decode("utf-8", "backslashreplace") for payload in payloads.gather(rows)]
        faults.add_rows(rows, code, None, pl.Series(shown, dtype=pl.String))
