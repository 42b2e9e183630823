"""Customers."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS
from pipelines.systems.chargebee.reading import with_state
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import metadata_references, reference
from pipelines.systems.shape import Leaf


def customers(reading: Reading) -> list[Fact]:
    """A customer is called by the company where there is one. https://apidocs.chargebee.com/docs/api/customers"""
    reading.require("", "id")
    full = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    rows = with_state(reading)
    return [
        Fact(
            CUSTOMERS,
            rows.select(
                "_row",
                "object_id",
                "effective_at",
                "source_sequence",
                "operation",
                "email",
                part=pl.format("customers/{}", "object_id"),
                name=pl.coalesce("company", pl.when(full != "").then(full)),
                country=pl.col("billing_address.country").str.to_uppercase(),
                currency="preferred_currency_code",
            ),
        ),
        reference(rows, "customer", "same_as", "email", "email"),
        reference(rows, "customer", "same_as", "tax_id", "vat_number"),
        *metadata_references(rows, "customer", "meta_data"),
    ]


CUSTOMER = Kind(
    "customer",
    {
        "id": Leaf.ID,
        "first_name": Leaf.TEXT,
        "last_name": Leaf.TEXT,
        "company": Leaf.TEXT,
        "email": Leaf.TEXT,
        "vat_number": Leaf.TEXT,
        "preferred_currency_code": Leaf.CURRENCY,
        "billing_address": {"country": Leaf.TEXT},
        "meta_data": Leaf.JSON,
        "deleted": Leaf.FLAG,
        "resource_version": Leaf.COUNT,
    },
    customers,
)
