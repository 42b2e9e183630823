"""Customers, and the businesses that they buy for."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import metadata_references, reference
from pipelines.systems.shape import Leaf


def customers(reading: Reading) -> list[Fact]:
    """A customer and its e-mail address. https://developer.paddle.com/api-reference/customers"""
    rows = reading.root.with_columns(object_id=reading.object_id("id"), effective_at="event_at")
    return [
        Fact(CUSTOMERS, rows.select("_row", "object_id", "effective_at", "name", "email", part=pl.lit("customers"))),
        reference(rows, "customer", "same_as", "email", "email"),
        *metadata_references(rows, "customer", "custom_data"),
    ]


CUSTOMER = Kind(
    "customer", {"id": Leaf.ID, "name": Leaf.TEXT, "email": Leaf.TEXT, "custom_data": Leaf.JSON}, customers, "data"
)


def businesses(reading: Reading) -> list[Fact]:
    """What the business that a customer buys for is called by others: a customer may buy for several, so each only names.

    https://developer.paddle.com/api-reference/businesses
    """
    reading.require("", "customer_id", "name")
    reading.refuse("", "name", pl.col("name").str.strip_chars() == "", Code.MISSING_FIELD)
    rows = reading.root.with_columns(object_id=reading.object_id("customer_id"), effective_at="event_at")
    return [
        reference(rows, "customer", "names", "company_name", "name"),
        reference(rows, "customer", "names", "tax_id", "tax_identifier"),
        reference(rows, "customer", "names", "company_number", "company_number"),
        *metadata_references(rows, "customer", "custom_data"),
    ]


BUSINESS = Kind(
    "business",
    {
        "id": Leaf.ID,
        "customer_id": Leaf.ID,
        "name": Leaf.TEXT,
        "tax_identifier": Leaf.TEXT,
        "company_number": Leaf.TEXT,
        "custom_data": Leaf.JSON,
    },
    businesses,
    "data",
)
