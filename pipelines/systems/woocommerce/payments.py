"""The payment of an order. WooCommerce knows one: `date_paid_gmt`, the gateway, and its transaction.

It is dated by when it was paid, whatever the event; what of it went back is `amount_refunded` (see `orders`).
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CASH, CASH_APPLICATIONS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shop_references import STRIPE, STRIPE_ID, references
from pipelines.systems.woocommerce.reading import known, refers


def payment_of(reading: Reading, order: pl.Expr) -> pl.Expr:
    """The one payment of an order."""
    return pl.concat_str(reading.object_id(order), pl.lit(":payment"))


def payments(reading: Reading, paid: pl.DataFrame) -> list[Fact]:
    """What was paid, and that it settles the order."""
    rows = paid.select(
        "_row",
        "currency",
        "operation",
        object_id=payment_of(reading, pl.col("id")),
        effective_at="date_paid_gmt",
        document_id="object_id",
        amount="asked",
        refunded=pl.min_horizontal("refunded", "asked"),
        method=pl.when(pl.col("payment_method") != "").then("payment_method"),
        customer_id=reading.object_id(known("customer_id")),
        transaction_id="transaction_id",
    )
    stripe = pl.col("transaction_id").str.contains(STRIPE_ID)
    return [
        Fact(
            CASH,
            rows.select(
                pl.exclude("transaction_id", "refunded"),
                part=pl.lit("cash"),
                direction=pl.lit("in"),
                kind=pl.lit("payment"),
                status=pl.lit("succeeded"),
                amount_refunded="refunded",
                payment_group_id="object_id",
            ),
        ),
        Fact(
            CASH_APPLICATIONS,
            rows.select(
                "_row",
                "currency",
                "operation",
                "effective_at",
                "document_id",
                "amount",
                part=pl.lit("cash_applications"),
                object_id=pl.concat_str("object_id", pl.lit(":application")),
                cash_id="object_id",
            ),
        ),
        references(
            [
                refers(
                    rows,
                    "cash",
                    "same_as",
                    pl.when(stripe).then(pl.lit("object_id")).otherwise(pl.lit("transaction_id")),
                    "transaction_id",
                    system=pl.when(stripe).then(pl.lit(STRIPE)).otherwise("method"),
                    part=pl.lit("transaction_id"),
                )
            ]
        ),
    ]
