"""Which entry each appended line belongs to, and ids that are the same whenever the same thing is appended.

An entry is what one event does in one service and accounting period. Its id is a hash of that, of how many entries the
journal holds of it already, and of its amounts. So a refresh that is repeated, or run twice at once, appends nothing twice;
a later correction has an id of its own; and two refreshes that saw different facts append two whole entries, never a
mixture of both, which the next refresh then corrects.
"""

from __future__ import annotations

import polars as pl
import xxhash

from assets.ledger.postings import ENTRY, EVENT
from lakehouse.hashing import SEPARATOR

_OF_LINE = ("obligation_id", "account", "amount", "functional_amount", "customer_id")


def identified(changes: pl.DataFrame, held: pl.DataFrame, book: str) -> pl.DataFrame:
    """Changes with `line_id`, `entry_id`, `is_correction` and `corrects_entry_id`; `held` is the journal of the same book.

    An entry is a correction where it is posted later than where it belongs, or adds to what was posted already. What it
    corrects is the last entry of the same event and service period, wherever that was posted.
    """
    entries = changes.group_by(ENTRY).agg(*_OF_LINE, pl.col("moved").any(), checksum=_checksum(), lines=pl.len())
    counted = entries.join(_held_entries(entries, held), on=ENTRY, how="left").with_columns(pl.col("before").fill_null(0))
    corrected = counted.join(_last_entries(counted, held), on=EVENT, how="left", maintain_order="left")
    correction = pl.col("moved") | (pl.col("before") > 0)
    named = corrected.with_columns(
        _digest(counted, book).alias("entry_id"),
        corrects_entry_id=pl.when(correction).then("corrects_entry_id"),
        is_correction=correction,
    ).with_row_index("entry")
    positions = named.select(pl.int_ranges(1, pl.col("lines") + 1).alias("position")).explode("position")
    lines = named.drop("moved", "before", "checksum", "lines").explode(_OF_LINE).sort("entry", "account", "obligation_id")
    numbered = pl.concat([lines, positions], how="horizontal")
    return numbered.with_columns(line_id=pl.concat_str("entry_id", "position", separator="-")).drop("entry", "position")


def _held_entries(entries: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """How many entries the journal holds already of each event and period."""
    same = held.with_columns(pl.col("event_kind").cast(entries.schema["event_kind"]))
    return same.join(entries, on=ENTRY, how="semi").group_by(ENTRY).agg(before=pl.col("entry_id").n_unique())


def _last_entries(entries: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """`corrects_entry_id`, the entry of each event and service period that was appended last."""
    same = held.with_columns(pl.col("event_kind").cast(entries.schema["event_kind"])).join(entries, on=EVENT, how="semi")
    last = pl.col("entry_id").sort_by("booked_at", "accounting_period", "posted_on", "entry_id").last()
    return same.group_by(EVENT).agg(last.alias("corrects_entry_id"))


def _checksum() -> pl.Expr:
    """Tells entries of other content apart; wraps around on overflow, which does it no harm."""
    weight = pl.col("account").to_physical().cast(pl.Int64) * 2 + 1
    return ((pl.col("amount") + pl.col("functional_amount") * 3) * weight).sum()


def _digest(entries: pl.DataFrame, book: str) -> pl.Series:
    """XXH3 with 128 bits, in hexadecimal: frozen by its specification, unlike `polars.hash`."""
    parts = [pl.col(c).cast(pl.String) for c in (*ENTRY, "before", "checksum")]
    joined = entries.select(pl.concat_str(pl.lit(book), *parts, separator=SEPARATOR)).to_series()
    return pl.Series([xxhash.xxh3_128_hexdigest(key) for key in joined.cast(pl.Binary).to_list()], dtype=pl.String)
