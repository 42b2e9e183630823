"""Customers and products."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS, PRODUCTS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.reading import life_order, object_kind, operation


def customers(reading: Reading) -> list[Fact]:
    """customer.created, .updated, .deleted: the customer as it then was; a deleted one is retracted."""
    reading.require("", "id")
    return [
        Fact(
            CUSTOMERS,
            reading.root.select(
                "_row",
                "name",
                "email",
                "currency",
                part=pl.lit("customers"),
                object_id=reading.object_id("id"),
                effective_at="event_at",
                source_sequence=life_order(),
                operation=operation(),
                country=pl.col("address.country").str.to_uppercase(),
            ),
        )
    ]


CUSTOMER = object_kind(
    "customer",
    {"name": Leaf.TEXT, "email": Leaf.TEXT, "currency": Leaf.CURRENCY, "address": {"country": Leaf.TEXT}},
    customers,
)


def products(reading: Reading) -> list[Fact]:
    """product.created, .updated, .deleted. Stripe's `type` (good, service) is the category."""
    reading.require("", "id")
    return [
        Fact(
            PRODUCTS,
            reading.root.select(
                "_row",
                "name",
                "active",
                part=pl.lit("products"),
                object_id=reading.object_id("id"),
                effective_at="event_at",
                source_sequence=life_order(),
                operation=operation(),
                category="type",
                unit="unit_label",
            ),
        )
    ]


PRODUCT = object_kind(
    "product", {"name": Leaf.TEXT, "type": Leaf.TEXT, "unit_label": Leaf.TEXT, "active": Leaf.FLAG}, products
)
