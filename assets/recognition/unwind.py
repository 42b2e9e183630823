"""How a take-back unwinds each line: which part of it was recognised, which was still deferred.

A take-back's share of a line is proportional to the line's net amount, by cumulative rounding over the lines in order and
over the take-backs in order, so the shares of an invoice taken back wholly are its amounts, and tax takes the rest.
Of a share, the part that was deferred before that day is released; what remains is contra revenue:

    deferred(d) = (A - R(d)) * (T - e(d)) / T        A amount, R taken back, T units, e(d) units by the end of day d
    released_k  = (A - R_k-1)(T - b(t))/T - (A - R_k)(T - b(t))/T     b(t) units before the day t of the take-back
    contra_k    = share_k - released_k

Each quotient is rounded half to even. Reference: 90 USD January to March, 9 USD refunded on 1 February: contra 3.10,
released 5.90 (https://docs.stripe.com/revenue-recognition/examples/contra).
"""

from __future__ import annotations

import polars as pl

from assets.money.rounding import share
from assets.recognition.calendar_methods import any_units_before


def unwind(taken: pl.DataFrame, obligations: pl.DataFrame) -> pl.DataFrame:
    """One row for each take-back and line, in order of obligation and take-back, minor units.

    Returns take_back, document_id, event_id, kind, effective_at, day, obligation_id, share, released, contra, and
    returned (R, the line's shares to date).
    """
    lines = obligations.join(taken, on="document_id", how="semi").sort("document_id", "line_number", "obligation_id")
    lines = lines.with_columns(up_to=pl.col("amount").cum_sum().over("document_id"))
    rows = lines.select(_OF_LINE).join(taken.drop("gross", "receivable", "excess", "total", "booked_on"), on="document_id")
    returned = _share_of_line("part").alias("returned")
    before = _share_of_line("part_before").alias("returned_before")
    left = pl.col("units") - any_units_before(pl.col("day"))
    deferred_before = share(pl.col("amount") - pl.col("returned_before"), left, pl.col("units"))
    deferred_after = share(pl.col("amount") - pl.col("returned"), left, pl.col("units"))
    return (
        rows.with_columns(returned, before)
        .with_columns(share=pl.col("returned") - pl.col("returned_before"), released=deferred_before - deferred_after)
        .with_columns(contra=pl.col("share") - pl.col("released"))
        .select(*_UNWOUND)
        .sort("obligation_id", "take_back")
    )


_OF_LINE = (
    *("document_id", "obligation_id", "amount", "up_to", "units"),
    *("recognition_method", "service_from", "service_to", "from_second", "to_second", "booked_on"),
)
_UNWOUND = (
    *("take_back", "document_id", "event_id", "kind", "effective_at", "day"),
    *("obligation_id", "share", "released", "contra", "returned"),
)


def _share_of_line(part: str) -> pl.Expr:
    """The line's part of a sum R taken back of the invoice: R * C_i / N less R * C_i-1 / N, C the running sum of lines."""
    before = pl.col("up_to") - pl.col("amount")
    return share(pl.col(part), pl.col("up_to"), pl.col("whole")) - share(pl.col(part), before, pl.col("whole"))
