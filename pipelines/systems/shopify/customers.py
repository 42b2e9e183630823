"""Customers. https://shopify.dev/docs/api/admin-rest/latest/resources/customer"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_records import Resource
from pipelines.systems.shop_references import references
from pipelines.systems.shopify.reading import LIFE, refers

CUSTOMER_SHAPE: Shape = {
    "id": Leaf.ID,
    "email": Leaf.TEXT,
    "first_name": Leaf.TEXT,
    "last_name": Leaf.TEXT,
    "currency": Leaf.CURRENCY,
    "updated_at": Leaf.MOMENT,
    "default_address": {"company": Leaf.TEXT, "country_code": Leaf.TEXT},
}


def customer_facts(reading: Reading, rows: pl.DataFrame, at: str = "") -> list[Fact]:
    """The customer as it then was. `rows`: records with the customer's leaves under the prefix `at`, and effective_at."""
    known = rows.filter(pl.col(f"{at}id").is_not_null()).with_columns(object_id=reading.object_id(f"{at}id"))
    person = pl.concat_str(f"{at}first_name", f"{at}last_name", separator=" ", ignore_nulls=True).str.strip_chars()
    email = pl.col(f"{at}email").str.strip_chars()
    return [
        Fact(
            CUSTOMERS,
            known.select(
                "_row",
                "object_id",
                "effective_at",
                part=pl.lit("customers"),
                source_sequence="life",
                operation="operation",
                name=pl.coalesce(pl.when(person != "").then(person), f"{at}default_address.company"),
                email=pl.when(email != "").then(email),
                country=pl.col(f"{at}default_address.country_code").str.to_uppercase(),
                currency=f"{at}currency",
            ),
        ),
        references(
            [
                refers(known, "customer", "same_as", "customer_id", f"{at}id"),
                # A shop has one customer for an e-mail address. An order names the address too.
                refers(known, "customer", "same_as", "email", f"{at}email", system=None, part=pl.lit("email_of_customer")),
            ]
        ),
    ]


def customers(reading: Reading) -> list[Fact]:
    """customers/create, /update, /delete and the REST customer; a deleted one is retracted."""
    reading.require("", "id")
    return customer_facts(
        reading, reading.root.with_columns(effective_at="event_at", life=LIFE.order(), operation=LIFE.operation())
    )


CUSTOMER = Resource("customer", CUSTOMER_SHAPE, customers)
