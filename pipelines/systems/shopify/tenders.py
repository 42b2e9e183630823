"""Tender transactions: the same money as the order's transactions, told once more for bookkeepers.

https://shopify.dev/docs/api/admin-rest/latest/resources/tendertransaction. A tender does not name the transaction it
repeats, so counting both would double the cash: it yields no cash, only evidence, the processor's own id of the payment.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.shop_records import Resource
from pipelines.systems.shop_references import STRIPE, STRIPE_ID, references
from pipelines.systems.shopify.reading import refers


def tenders(reading: Reading) -> list[Fact]:
    """tender_transactions/create: the order is named by an id of the processor that took the money."""
    reading.require("", "id", "order_id", "processed_at")
    rows = reading.root.with_columns(object_id=reading.object_id("order_id"), effective_at="processed_at")
    stripe = pl.col("remote_reference").str.contains(STRIPE_ID)
    return [
        references(
            [
                refers(rows, "document", "names", "tender_transaction_id", "id"),
                refers(
                    rows,
                    "document",
                    "names",
                    pl.when(stripe).then(pl.lit("object_id")).otherwise(pl.lit("payment_reference")),
                    "remote_reference",
                    system=pl.when(stripe).then(pl.lit(STRIPE)).otherwise("payment_method"),
                    part=pl.lit("remote_reference"),
                ),
            ]
        )
    ]


TENDER = Resource(
    "tender_transaction",
    {
        "id": Leaf.ID,
        "order_id": Leaf.ID,
        "processed_at": Leaf.MOMENT,
        "remote_reference": Leaf.TEXT,
        "payment_method": Leaf.TEXT,
    },
    tenders,
    "tender:",
)
