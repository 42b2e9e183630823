"""Disputes: money that the bank took back, and what was won of it."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.cash import settled
from pipelines.systems.stripe.fees import dispute_fees
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import learnt, object_kind


def disputes(reading: Reading) -> list[Fact]:
    """charge.dispute.*: an inquiry (status warning_*) moves no money; anything else has withdrawn it.

    One that was prevented has either given the money back at once, which a balance transaction of it shows, or was never
    raised. https://docs.stripe.com/changelog/basil/2025-08-27/add-preventions-to-dispute
    A dispute that is won, or whose funds came back, has a reversal besides. Before 2014 a dispute had no id: it was the
    one of its charge.
    """
    reading.require("", "amount", "currency", "created", "status")
    reading.require_any("", ["id", "charge"])
    reading.refuse("", "amount", pl.col("amount") < 0)
    inquiry = pl.col("status").str.starts_with("warning_")
    moved_money = pl.col("_row").is_in(reading.frames["balance_transactions"].get_column("_row").unique().implode())
    averted = (pl.col("status") == "prevented") & ~moved_money
    root = reading.root.with_columns(
        won=(pl.col("status") == "won") | (pl.col("event_type") == "charge.dispute.funds_reinstated"),
        status=pl.when(inquiry)
        .then(pl.lit("pending"))
        .when(averted)
        .then(pl.lit("canceled"))
        .otherwise(pl.lit("succeeded")),
        object_id=pl.coalesce(
            reading.object_id("id"), reading.object_id(pl.concat_str(pl.col("charge"), pl.lit(":dispute")))
        ),
    )
    common = root.select(
        "_row",
        "won",
        "object_id",
        "status",
        "currency",
        "reason",
        "event_at",
        part=pl.lit("cash"),
        effective_at="created",
        source_sequence=settled(),
        direction=pl.lit("out"),
        kind=pl.lit("dispute"),
        amount=major(pl.col("amount"), units(pl.col("currency"))),
        payment_id=reading.object_id("charge"),
        payment_group_id=reading.object_id("payment_intent"),
    )
    reversals = common.filter("won").with_columns(
        part=pl.lit("cash/reversal"),
        object_id=pl.concat_str("object_id", pl.lit(":reversal")),
        effective_at="event_at",
        direction=pl.lit("in"),
        kind=pl.lit("dispute_reversal"),
        status=pl.lit("succeeded"),
    )
    moved = [Fact(CASH, rows.drop("won", "event_at")) for rows in (common, reversals)]
    return [*moved, *learnt(Fact(CASH, dispute_fees(reading)))]


DISPUTE = object_kind(
    "dispute",
    {
        "status": Leaf.TEXT,
        "amount": Leaf.MINOR,
        "currency": Leaf.CURRENCY,
        "created": Leaf.TIME,
        "charge": Leaf.ID,
        "payment_intent": Leaf.ID,
        "reason": Leaf.TEXT,
        "balance_transactions": [
            {"id": Leaf.ID, "currency": Leaf.CURRENCY, "fee": Leaf.MINOR, "created": Leaf.TIME, "status": Leaf.TEXT}
        ],
    },
    disputes,
)
