"""Disputes: money that the customer's bank took back, and what was won of it.

https://shopify.dev/docs/api/admin-rest/latest/resources/dispute. A chargeback has withdrawn its amount when it was
initiated; an inquiry moves no money until it becomes a chargeback. A chargeback that is won has a reversal besides. One
whose charge was refunded instead has moved nothing of its own: the refund is the take-back, told as a transaction.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.shop_records import Resource
from pipelines.systems.shopify.transactions import group_of

TYPES = ("inquiry", "chargeback")
# Order of the states, all of which hold from when the dispute was initiated.
STATES = {"needs_response": 1, "under_review": 2, "charge_refunded": 3, "accepted": 3, "lost": 3, "won": 3}


def disputes(reading: Reading) -> list[Fact]:
    """disputes/create and /update, and the REST dispute. It takes back a payment of the order that it names."""
    reading.require("", "id", "order_id", "type", "status", "amount", "currency", "initiated_at")
    reading.allow("", "type", TYPES)
    reading.allow("", "status", STATES)
    reading.refuse("", "amount", pl.col("amount") < 0)
    inquiry, refunded = pl.col("type") == "inquiry", pl.col("status") == "charge_refunded"
    common = reading.root.select(
        "_row",
        "currency",
        "amount",
        "reason",
        part=pl.lit("cash"),
        won=(pl.col("status") == "won") & ~inquiry,
        ended_at=pl.max_horizontal(pl.coalesce("finalized_on", "event_at"), "initiated_at"),
        object_id=reading.object_id(pl.concat_str(pl.lit("dispute:"), "id")),
        effective_at="initiated_at",
        # An inquiry may become a chargeback.
        source_sequence=pl.col("status").replace_strict(STATES, default=0, return_dtype=pl.Int64)
        + pl.when(inquiry).then(0).otherwise(10),
        direction=pl.lit("out"),
        kind=pl.lit("dispute"),
        status=pl.when(refunded)
        .then(pl.lit("canceled"))
        .when(inquiry)
        .then(pl.lit("pending"))
        .otherwise(pl.lit("succeeded")),
        payment_group_id=group_of(reading, pl.col("order_id")),
    )
    reversals = common.filter("won").with_columns(
        part=pl.lit("cash/reversal"),
        object_id=pl.concat_str("object_id", pl.lit(":reversal")),
        effective_at="ended_at",
        direction=pl.lit("in"),
        kind=pl.lit("dispute_reversal"),
    )
    return [Fact(CASH, rows.drop("won", "ended_at")) for rows in (common, reversals)]


DISPUTE = Resource(
    "dispute",
    {
        "id": Leaf.ID,
        "order_id": Leaf.ID,
        "type": Leaf.TEXT,
        "status": Leaf.TEXT,
        "amount": Leaf.MONEY,
        "currency": Leaf.CURRENCY,
        "reason": Leaf.TEXT,
        "initiated_at": Leaf.MOMENT,
        "finalized_on": Leaf.MOMENT,
    },
    disputes,
    "dispute:",
)
