"""Payouts: what Stripe sent to our bank, or took from it.

A payout in another currency than the balance that it was taken from says so by its balance transaction, where that was
expanded: so much of the balance became so much in the bank, and Stripe took a fee.
https://docs.stripe.com/api/payouts/object, https://docs.stripe.com/api/balance_transactions/object
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.fees import expanded, fee_of
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import object_kind

STATUSES = {"pending": "pending", "in_transit": "pending", "paid": "succeeded", "failed": "failed", "canceled": "canceled"}
# A payout may fail after it was paid: https://docs.stripe.com/api/payouts/object#payout_object-status
_ORDER = {"pending": 0, "in_transit": 1, "paid": 2, "failed": 3, "canceled": 3}


def payouts(reading: Reading) -> list[Fact]:
    """payout.*: money that reached the bank on its day of arrival; a negative one was taken from the bank."""
    reading.require("", "id", "amount", "currency", "status")
    reading.allow("", "status", STATUSES)
    came = major(pl.col("amount").abs(), units(pl.col("currency")))
    none = pl.lit(None, pl.String)
    root = reading.root.with_columns(
        object_id=reading.object_id("id"), effective_at=pl.coalesce("arrival_date", "created", "event_at"), paid_by=none
    )
    known = pl.col("txn.amount").is_not_null() & pl.col("txn.currency").is_not_null()
    taken = (
        expanded(root)
        .filter(known)
        .select("_row", taken=major(pl.col("txn.amount").abs(), units(pl.col("txn.currency"))), of="txn.currency")
    )
    beside = root.join(taken, on="_row", how="left", maintain_order="left")
    return [
        Fact(
            CASH,
            beside.select(
                "_row",
                "object_id",
                "effective_at",
                currency=pl.coalesce("of", "currency"),
                part=pl.lit("cash"),
                source_sequence=pl.col("status").replace_strict(_ORDER, default=0, return_dtype=pl.Int64),
                direction=pl.when(pl.col("amount") < 0).then(pl.lit("out")).otherwise(pl.lit("in")),
                kind=pl.lit("payout"),
                status=pl.col("status").replace_strict(STATUSES, default=None, return_dtype=pl.String),
                amount=pl.coalesce("taken", came),
                settlement_amount=came,
                settlement_currency="currency",
                method="type",
                reason="failure_code",
            ),
        ),
        Fact(CASH, fee_of(reading, root.filter(status="paid"), "paid_by")),
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
        "balance_transaction": Leaf.JSON,
    },
    payouts,
    by_record=True,
)
