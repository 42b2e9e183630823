"""Billing credits: what a customer may use up on metered invoices. What an invoice uses of it is a discount of its lines.

https://docs.stripe.com/api/billing/credit-grant/object
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CREDIT_GRANTS
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.reading import object_kind

CATEGORIES = {"paid": "prepaid", "promotional": "promotional"}
_AMOUNT = "amount.monetary."


def credit_grants(reading: Reading) -> list[Fact]:
    """billing.credit_grant.created, .updated; a voided one is retracted."""
    reading.require("", "id", "category", f"{_AMOUNT}value", f"{_AMOUNT}currency")
    reading.allow("", "category", CATEGORIES)
    voided = pl.col("voided_at").is_not_null()
    return [
        Fact(
            CREDIT_GRANTS,
            reading.root.select(
                "_row",
                "priority",
                "expires_at",
                part=pl.lit("credit_grants"),
                object_id=reading.object_id("id"),
                effective_at=pl.coalesce("effective_at", "created", "event_at"),
                source_sequence=voided.cast(pl.Int64),
                operation=pl.when(voided).then(pl.lit("retract")).otherwise(pl.lit("assert")),
                customer_id=reading.object_id(pl.coalesce("customer", "customer_account")),
                kind=pl.col("category").replace_strict(CATEGORIES, default=None, return_dtype=pl.String),
                paid=pl.col("category") == "paid",
                amount=major(pl.col(f"{_AMOUNT}value"), units(pl.col(f"{_AMOUNT}currency"))),
                currency=f"{_AMOUNT}currency",
            ),
        )
    ]


CREDIT_GRANT = object_kind(
    "billing.credit_grant",
    {
        "amount": {"monetary": {"value": Leaf.MINOR, "currency": Leaf.CURRENCY}},
        "category": Leaf.TEXT,
        "customer": Leaf.ID,
        "customer_account": Leaf.ID,
        "created": Leaf.TIME,
        "effective_at": Leaf.TIME,
        "expires_at": Leaf.TIME,
        "voided_at": Leaf.TIME,
        "priority": Leaf.COUNT,
    },
    credit_grants,
    by_record=True,
)
