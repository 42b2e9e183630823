"""Payouts: what Stripe sent to our bank, or took from it."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import object_kind

STATUSES = {"pending": "pending", "in_transit": "pending", "paid": "succeeded", "failed": "failed", "canceled": "canceled"}
# A payout may fail after it was paid: https://docs.stripe.com/api/payouts/object#payout_object-status
_ORDER = {"pending": 0, "in_transit": 1, "paid": 2, "failed": 3, "canceled": 3}


def payouts(reading: Reading) -> list[Fact]:
    """payout.*: money that reached the bank on its day of arrival; a negative one was taken from the bank."""
    reading.require("", "id", "amount", "currency", "status")
    reading.allow("", "status", STATUSES)
    amount = major(pl.col("amount").abs(), units(pl.col("currency")))
    return [
        Fact(
            CASH,
            reading.root.select(
                "_row",
                "currency",
                part=pl.lit("cash"),
                object_id=reading.object_id("id"),
                effective_at=pl.coalesce("arrival_date", "created", "event_at"),
                source_sequence=pl.col("status").replace_strict(_ORDER, default=0, return_dtype=pl.Int64),
                direction=pl.when(pl.col("amount") < 0).then(pl.lit("out")).otherwise(pl.lit("in")),
                kind=pl.lit("payout"),
                status=pl.col("status").replace_strict(STATUSES, default=None, return_dtype=pl.String),
                amount=amount,
                settlement_amount=amount,
                settlement_currency="currency",
                method="type",
                reason="failure_code",
            ),
        )
    ]


PAYOUT = object_kind(
    "payout",
    {
        "amount": Leaf.MINOR,
        "currency": Leaf.CURRENCY,
        "status": Leaf.TEXT,
        "arrival_date": Leaf.TIME,
        "created": Leaf.TIME,
        "type": Leaf.TEXT,
        "failure_code": Leaf.TEXT,
    },
    payouts,
    by_record=True,
)
