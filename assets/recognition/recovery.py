"""An invoice given up as uncollectible is paid after all: the bad debt comes back in proportion, the rest is a gain.

Of what was written off (U), the part that had been recognised went to bad debt, line by line (c). A later payment of p
gives back c * p / U of it and books the rest to Recoverables. Money taken back again (a dispute of that very payment)
reverses the recovery in the same proportion before anything is a loss.
https://docs.stripe.com/revenue-recognition/examples/contra (uncollectible, then paid, then disputed)
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.money.rounding import share
from assets.recognition.take_backs import UNCOLLECTIBLE

RECOVERY = "recovery"
_ORDER = ("document_id", "effective_at", "event_id", "kind")


@dataclass(frozen=True)
class Recovered:
    """Minor units.

    `events`: document_id, event_id, kind (recovery, or that of the take-back that reverses one), effective_at, day, and
    `regained`, what came back of the amount written off (negative where it is lost again).
    `lines`: the same events by obligation_id, with `amount`, the bad debt given back (negative where it is lost again).
    """

    events: pl.DataFrame
    lines: pl.DataFrame


def recoveries(taken: pl.DataFrame, unwound: pl.DataFrame, settled: pl.DataFrame) -> Recovered:
    """Payments after a write-off, and what take-backs beyond the invoice's total take of them again."""
    written_off = taken.filter((pl.col("kind") == UNCOLLECTIBLE) & (pl.col("gross") > 0)).select(
        "document_id", written_off="gross", given_up_at="effective_at", given_up=pl.col("take_back")
    )
    columns = ["document_id", "event_id", "kind", "effective_at", "day"]
    later = (pl.col("effective_at") > pl.col("given_up_at")) | (
        (pl.col("effective_at") == pl.col("given_up_at")) & (pl.col("event_id") > pl.col("document_id"))
    )
    paid = settled.join(written_off, on="document_id").filter(later).with_columns(kind=pl.lit(RECOVERY))
    lost = taken.join(written_off, on="document_id").filter(
        (pl.col("excess") > 0) & (pl.col("take_back") > pl.col("given_up"))
    )
    kept = ["written_off", "given_up"]
    rows = pl.concat(
        [
            paid.select(*columns, *kept, paid="applied", excess=pl.lit(0, pl.Int64)),
            lost.select(*columns, *kept, paid=pl.lit(0, pl.Int64), excess="excess"),
        ]
    ).sort(_ORDER)
    events = _regained(rows)
    return Recovered(events, _by_line(events, unwound))


def _regained(rows: pl.DataFrame) -> pl.DataFrame:
    """Running sums: regained never passes what was written off, lost again never what was regained by then."""
    regained = pl.min_horizontal(pl.col("paid").cum_sum().over("document_id"), "written_off")
    summed = rows.with_columns(regained_to_date=regained, excess_to_date=pl.col("excess").cum_sum().over("document_id"))
    lost = summed.with_columns(lost_to_date=pl.min_horizontal("excess_to_date", "regained_to_date"))
    lost = lost.with_columns(lost_now=pl.min_horizontal(pl.col("lost_to_date") - _before("lost_to_date"), "excess"))
    final = lost.with_columns(lost_to_date=pl.col("lost_now").cum_sum().over("document_id"))
    gained = pl.col("regained_to_date") - _before("regained_to_date")
    return final.with_columns(
        regained=gained - pl.col("lost_now"), regained_before=_before("regained_to_date")
    ).with_columns(lost_before=pl.col("lost_to_date") - pl.col("lost_now"))


def _by_line(events: pl.DataFrame, unwound: pl.DataFrame) -> pl.DataFrame:
    bad_debt = unwound.select("obligation_id", "contra", given_up="take_back")
    joined = events.join(bad_debt, on="given_up")

    def to_date(column: str) -> pl.Expr:
        return share(pl.col("contra"), pl.col(column), pl.col("written_off"))

    gained = to_date("regained_to_date") - to_date("regained_before")
    lost = to_date("lost_to_date") - to_date("lost_before")
    columns = ["document_id", "event_id", "kind", "effective_at", "day", "obligation_id"]
    return joined.with_columns(amount=gained - lost).select(*columns, "amount")


def _before(column: str) -> pl.Expr:
    return pl.col(column).shift(1).over("document_id").fill_null(0)
