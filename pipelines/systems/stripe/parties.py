"""Customers, their tax ids, and products."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS, PRODUCTS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.references import reference
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.reading import life_order, object_kind, operation, references


def customers(reading: Reading) -> list[Fact]:
    """customer.created, .updated, .deleted: the customer as it then was; a deleted one is retracted."""
    reading.require("", "id")
    rows = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    return [
        Fact(
            CUSTOMERS,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                "name",
                "email",
                "currency",
                part=pl.lit("customers"),
                source_sequence=life_order(),
                operation=operation(),
                country=pl.col("address.country").str.to_uppercase(),
            ),
        ),
        *references(rows, "customer", ("same_as", "email", "email")),
    ]


CUSTOMER = object_kind(
    "customer",
    {
        "name": Leaf.TEXT,
        "email": Leaf.TEXT,
        "currency": Leaf.CURRENCY,
        "address": {"country": Leaf.TEXT},
        "metadata": Leaf.JSON,
    },
    customers,
)


def tax_ids(reading: Reading) -> list[Fact]:
    """customer.tax_id.*: a number under which the authorities know the customer. https://docs.stripe.com/api/tax_ids/object"""
    reading.require("", "id", "value")
    rows = reading.root.filter(pl.col("customer").is_not_null()).with_columns(
        object_id=reading.object_id("customer"), effective_at="event_at"
    )
    told = reference(rows, "customer", "same_as", "tax_id", "value")
    with_end = told.rows.join(rows.select("_row", operation=operation()), on="_row", maintain_order="left")
    return [Fact(told.table, with_end)]


TAX_ID = object_kind("tax_id", {"customer": Leaf.ID, "value": Leaf.TEXT}, tax_ids, by_record=True)


def products(reading: Reading) -> list[Fact]:
    """product.created, .updated, .deleted. Stripe's `type` (good, service) is the category."""
    reading.require("", "id")
    rows = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    return [
        Fact(
            PRODUCTS,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                "name",
                "active",
                part=pl.lit("products"),
                source_sequence=life_order(),
                operation=operation(),
                category="type",
                unit="unit_label",
            ),
        ),
        *references(rows, "product"),
    ]


PRODUCT = object_kind(
    "product",
    {"name": Leaf.TEXT, "type": Leaf.TEXT, "unit_label": Leaf.TEXT, "active": Leaf.FLAG, "metadata": Leaf.JSON},
    products,
)
