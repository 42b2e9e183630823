"""Payouts: what Paddle sent to our bank."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.paddle.reading import money
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf

STATUSES = {"unpaid": "pending", "paid": "succeeded"}


def payouts(reading: Reading) -> list[Fact]:
    """payout.created, payout.paid. https://developer.paddle.com/webhooks/payouts/payout-paid"""
    reading.require("", "amount", "currency_code", "status")
    reading.allow("", "status", STATUSES)
    reading.refuse("", "amount", pl.col("amount") < 0)
    status = pl.col("status").replace_strict(STATUSES, default=None, return_dtype=pl.String)
    amount = money("amount")
    return [
        Fact(
            CASH,
            reading.root.select(
                "_row",
                part=pl.lit("cash"),
                object_id=reading.object_id("id"),
                effective_at="event_at",
                direction=pl.lit("in"),
                kind=pl.lit("payout"),
                status=status,
                amount=amount,
                currency="currency_code",
                settlement_amount=amount,
                settlement_currency="currency_code",
            ),
        )
    ]


PAYOUT = Kind(
    "payout",
    {"id": Leaf.ID, "status": Leaf.TEXT, "amount": Leaf.MINOR, "currency_code": Leaf.CURRENCY},
    payouts,
    "data",
)
