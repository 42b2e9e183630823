"""Shopify Payments: payouts to the bank, and the fees taken from what was paid.

https://shopify.dev/docs/api/admin-rest/latest/resources/payouts and .../transactions of the balance. A fee is told once,
by the balance transaction it was taken from, which names the payment; the summary of a payout repeats their sums and is
not read, so that whoever ingests both counts nothing twice.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.shop_records import Resource
from pipelines.systems.shop_references import references
from pipelines.systems.shopify.reading import refers

PAYOUT_STATUSES = {
    "scheduled": "pending",
    "in_transit": "pending",
    "paid": "succeeded",
    "failed": "failed",
    "canceled": "canceled",
    "cancelled": "canceled",
}


def payouts(reading: Reading) -> list[Fact]:
    """What reached the bank out of Shopify's balance; a negative payout was drawn from the bank."""
    reading.require("", "id", "status", "date", "currency", "amount")
    reading.allow("", "status", PAYOUT_STATUSES)
    status = pl.col("status").replace_strict(PAYOUT_STATUSES, default="failed", return_dtype=pl.String)
    return [
        Fact(
            CASH,
            reading.root.select(
                "_row",
                "currency",
                part=pl.lit("cash"),
                object_id=reading.object_id(pl.concat_str(pl.lit("payout:"), "id")),
                effective_at="date",
                source_sequence=pl.when(pl.col("status") == "scheduled")
                .then(0)
                .when(status == "pending")
                .then(1)
                .otherwise(2),
                direction=pl.when(pl.col("amount") < 0).then(pl.lit("out")).otherwise(pl.lit("in")),
                kind=pl.lit("payout"),
                status=status,
                amount=pl.col("amount").abs(),
                settlement_amount=pl.col("amount").abs(),
                settlement_currency="currency",
                reason=pl.when(status.is_in(["failed", "canceled"])).then("status"),
            ),
        )
    ]


def balance_transactions(reading: Reading) -> list[Fact]:
    """The fee of one movement of the balance, and the payout it went into. A fee that is given back comes in."""
    reading.require("", "id", "type", "fee", "currency", "processed_at")
    rows = reading.root.with_columns(
        object_id=reading.object_id(pl.concat_str(pl.lit("balance:"), "id")), effective_at="processed_at"
    )
    return [
        Fact(
            CASH,
            rows.select(
                "_row",
                "effective_at",
                "object_id",
                "currency",
                part=pl.lit("cash"),
                direction=pl.when(pl.col("fee") < 0).then(pl.lit("in")).otherwise(pl.lit("out")),
                kind=pl.lit("fee"),
                status=pl.lit("succeeded"),
                amount=pl.col("fee").abs(),
                document_id=reading.object_id("source_order_id"),
                payment_id=reading.object_id("source_order_transaction_id"),
                reason="type",
            ),
        ),
        references(
            [
                refers(rows, "cash", "names", "payout_id", "payout_id"),
                refers(rows, "cash", "derives_from", "transaction_id", "source_order_transaction_id"),
            ]
        ),
    ]


PAYOUT = Resource(
    "payout",
    {"id": Leaf.ID, "status": Leaf.TEXT, "date": Leaf.CALENDAR_DAY, "currency": Leaf.CURRENCY, "amount": Leaf.MONEY},
    payouts,
    "payout:",
)
BALANCE_TRANSACTION = Resource(
    "balance_transaction",
    {
        "id": Leaf.ID,
        "type": Leaf.TEXT,
        "fee": Leaf.MONEY,
        "currency": Leaf.CURRENCY,
        "payout_id": Leaf.ID,
        "source_order_id": Leaf.ID,
        "source_order_transaction_id": Leaf.ID,
        "processed_at": Leaf.MOMENT,
    },
    balance_transactions,
    "balance:",
    wrapper="transaction",
)
