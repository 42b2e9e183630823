"""How a take-back unwinds each line: which part of it was recognised, which was still deferred.

A take-back's share of a line is proportional to the line's net amount, by cumulative rounding over the lines in order and
over the take-backs in order, so the shares of an invoice taken back wholly are its amounts, and tax takes the rest.
Of a share, the part that was deferred before that day is released; what remains is contra revenue:

    deferred(d) = (A - R(d)) * (T - e(d)) / T        A amount, R taken back, T units, e(d) units by the end of day d
    released_k  = (A - R_k-1)(T - b(t))/T - (A - R_k)(T - b(t))/T     b(t) units before the day t of the take-back
    contra_k    = share_k - released_k

A credit note that changes what is still to come only (`assets.recognition.credit_notes`) releases its share as far as it is
deferred, and one that ends the service releases what it gives back and leaves nothing to come. So of what is to come more
is gone than R: `off`, the amount that would have to be off the price for the deferral to be what it is.

A credit note that is voided gives back what it took of either, on the day of the void: what was not earned for it in the
meantime is earned in that month.

Each quotient is rounded half to even. Reference: 90 USD January to March, 9 USD refunded on 1 February: contra 3.10,
released 5.90 (https://docs.stripe.com/revenue-recognition/examples/contra).
"""

from __future__ import annotations

import polars as pl

from assets.money.rounding import divide_half_even, share
from assets.recognition.calendar_methods import any_units_before
from assets.recognition.credit_notes import PROSPECTIVE, STOP
from assets.recognition.take_backs import undone

FINE = 10**6
"""Parts of a minor unit in which `off` is counted: a share of what is to come is no whole number of them."""


def unwind(taken: pl.DataFrame, obligations: pl.DataFrame) -> pl.DataFrame:
    """One row for each take-back and line, in order of obligation and take-back, minor units.

    Returns take_back, document_id, event_id, kind, effective_at, day, obligation_id, share, released, contra, returned (R,
    the line's shares to date), and off (by this take-back, in parts of a minor unit).
    """
    lines = obligations.join(taken, on="document_id", how="semi").sort("document_id", "line_number", "obligation_id")
    lines = lines.with_columns(up_to=pl.col("amount").cum_sum().over("document_id"))
    rows = lines.select(_OF_LINE).join(taken.drop("gross", "receivable", "excess", "total", "booked_on"), on="document_id")
    returned = _share_of_line("part").alias("returned")
    before = _share_of_line("part_before").alias("returned_before")
    shared = rows.with_columns(returned, before).with_columns(
        share=pl.col("returned") - pl.col("returned_before"), left=pl.col("units") - any_units_before(pl.col("day"))
    )
    units, left, fine = pl.col("units").cast(pl.Int128), pl.col("left"), pl.col("amount").cast(pl.Int128) * FINE
    off = _off(shared).with_columns(
        deferred_before=share(fine - (pl.col("off_to_date") - pl.col("off")), left, units * FINE),
        deferred_after=share(fine - pl.col("off_to_date"), left, units * FINE),
    )
    deferred = pl.col("deferred_before")
    of_what_is_to_come = pl.col("share").clip(pl.min_horizontal(deferred, 0), pl.max_horizontal(deferred, 0))
    ahead = pl.col("treatment").is_in([PROSPECTIVE, STOP])
    of_note = ("obligation_id", "event_id", "kind")
    return (
        off.with_columns(released=pl.when(ahead).then(of_what_is_to_come).otherwise(deferred - pl.col("deferred_after")))
        .with_columns(released=undone("released", *of_note))
        .with_columns(contra=pl.col("share") - pl.col("released"))
        .select(*_UNWOUND)
        .sort("obligation_id", "take_back")
    )


def _off(rows: pl.DataFrame) -> pl.DataFrame:
    """`off` of each take-back and `off_to_date`, never more than the amount."""
    share_, left = pl.col("share").cast(pl.Int128) * FINE, pl.col("left").cast(pl.Int128)
    whole = pl.col("amount").cast(pl.Int128) * FINE
    ahead = (pl.col("treatment") == PROSPECTIVE) & (left > 0)
    over = pl.col("treatment").is_in([PROSPECTIVE, STOP])
    spread = divide_half_even(share_ * pl.col("units").cast(pl.Int128), left.clip(1))
    asked = pl.when(ahead).then(spread).when(over).then(whole).otherwise(share_)
    running = rows.sort("obligation_id", "take_back").with_columns(asked=asked)
    running = running.with_columns(asked=undone("asked", "obligation_id", "event_id", "kind"))
    to_date = pl.col("asked").cum_sum().over("obligation_id")
    zero = pl.lit(0, pl.Int128)
    reached = running.with_columns(
        off_to_date=pl.min_horizontal(
            pl.max_horizontal(to_date, pl.min_horizontal(whole, zero)), pl.max_horizontal(whole, zero)
        )
    )
    before = pl.col("off_to_date").shift(1).over("obligation_id").fill_null(0)
    return reached.with_columns(off=pl.col("off_to_date") - before)


_OF_LINE = (
    *("document_id", "obligation_id", "amount", "up_to", "units"),
    *("recognition_method", "service_from", "service_to", "from_second", "to_second", "booked_on"),
)
_UNWOUND = (
    *("take_back", "document_id", "event_id", "kind", "effective_at", "day"),
    *("obligation_id", "share", "released", "contra", "returned", "off"),
)


def _share_of_line(part: str) -> pl.Expr:
    """The line's part of a sum R taken back of the invoice: R * C_i / N less R * C_i-1 / N, C the running sum of lines."""
    before = pl.col("up_to") - pl.col("amount")
    return share(pl.col(part), pl.col("up_to"), pl.col("whole")) - share(pl.col(part), before, pl.col("whole"))
