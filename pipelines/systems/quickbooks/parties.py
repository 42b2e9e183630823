"""Customers and items: whom we sell to, and what.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/customer
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS
from pipelines.systems.bookkeeping import common, goods, reference
from pipelines.systems.facts import Fact
from pipelines.systems.quickbooks.records import kinds, ref
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf


def customers(reading: Reading) -> list[Fact]:
    """Customer: as it is. The country is free text, of which two letters are taken for the ISO code."""
    country = pl.col("BillAddr.Country")
    return [
        Fact(
            CUSTOMERS,
            reading.root.select(
                *common(reading, "customers"),
                name=pl.coalesce("DisplayName", "CompanyName"),
                email=pl.col("PrimaryEmailAddr.Address"),
                parent_id=ref(reading, "Customer", "ParentRef.value"),
                country=pl.when(country.str.contains(r"^[A-Za-z]{2}$")).then(country.str.to_uppercase()),
                terms=pl.coalesce("SalesTermRef.name", "SalesTermRef.value"),
                currency=pl.col("currency"),
            ),
        ),
        reference(reading, "PrimaryEmailAddr.Address", "email", object_kind="customer"),
        reference(reading, "PrimaryTaxIdentifier", "tax_id", object_kind="customer"),
    ]


def items(reading: Reading) -> list[Fact]:
    """Item: a product with its cost, and its price where it has one; both in the home currency. Categories are no items."""
    sold = reading.with_frame("", reading.root.filter(pl.col("Type").ne_missing(pl.lit("Category"))))
    return [
        *goods(
            sold,
            "UnitPrice",
            pl.col("Active"),
            name=pl.coalesce("FullyQualifiedName", "Name"),
            category=pl.col("Type"),
            unit_cost=pl.col("PurchaseCost"),
            revenue_account=pl.coalesce("IncomeAccountRef.name", "IncomeAccountRef.value"),
        ),
        reference(sold, "Sku", "sku", "same_as", object_kind="product"),
    ]


KINDS: dict[str, Kind] = {
    **kinds(
        "Customer",
        {
            "DisplayName": Leaf.TEXT,
            "CompanyName": Leaf.TEXT,
            "PrimaryEmailAddr": {"Address": Leaf.TEXT},
            "PrimaryTaxIdentifier": Leaf.TEXT,
            "ParentRef": {"value": Leaf.TEXT},
            "SalesTermRef": {"value": Leaf.TEXT, "name": Leaf.TEXT},
            "BillAddr": {"Country": Leaf.TEXT},
        },
        customers,
    ),
    **kinds(
        "Item",
        {
            "Name": Leaf.TEXT,
            "FullyQualifiedName": Leaf.TEXT,
            "Type": Leaf.TEXT,
            "Sku": Leaf.TEXT,
            "Active": Leaf.FLAG,
            "UnitPrice": Leaf.DECIMAL,
            "PurchaseCost": Leaf.DECIMAL,
            "IncomeAccountRef": {"value": Leaf.TEXT, "name": Leaf.TEXT},
        },
        items,
    ),
}
