"""Contacts and items: whom we sell to, and what. A contact may be a vendor as well.

https://developer.xero.com/documentation/api/accounting/contacts
https://developer.xero.com/documentation/api/accounting/items
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS
from pipelines.systems.bookkeeping import common, goods, reference
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.xero.records import kinds


def contacts(reading: Reading) -> list[Fact]:
    """Contact: as it is. A country is free text, of which two letters are taken for the ISO code."""
    coded = reading.frames["Addresses"].filter(pl.col("Country").str.contains(r"^[A-Za-z]{2}$"))
    country = coded.group_by("_row", maintain_order=True).agg(country=pl.col("Country").first().str.to_uppercase())
    root = reading.root.join(country, on="_row", how="left", maintain_order="left")
    days, kind = pl.col("PaymentTerms.Sales.Day"), pl.col("PaymentTerms.Sales.Type")
    return [
        Fact(
            CUSTOMERS,
            root.select(
                *common(reading, "customers"),
                name=pl.col("Name"),
                email=pl.col("EmailAddress"),
                country=pl.col("country"),
                terms=pl.concat_str(days, pl.lit(" "), kind),
                currency=pl.col("DefaultCurrency"),
            ),
        ),
        reference(reading, "EmailAddress", "email", object_kind="customer"),
        reference(reading, "TaxNumber", "tax_id", object_kind="customer"),
        reference(reading, "AccountNumber", "account_number", object_kind="customer"),
        reference(reading, "ContactNumber", "external_id", "same_as", object_kind="customer"),
    ]


def items(reading: Reading) -> list[Fact]:
    """Item: a product with what it costs, and its price where it is sold; both in the base currency."""
    return [
        *goods(
            reading,
            "SalesDetails.UnitPrice",
            pl.lit(None, pl.Boolean),
            name=pl.coalesce("Name", "Code"),
            unit_cost=pl.col("PurchaseDetails.UnitPrice"),
            revenue_account=pl.col("SalesDetails.AccountCode"),
        ),
        reference(reading, "Code", "sku", "same_as", object_kind="product"),
    ]


KINDS: dict[str, Kind] = {
    **kinds(
        "Contacts",
        "ContactID",
        {
            "Name": Leaf.TEXT,
            "EmailAddress": Leaf.TEXT,
            "TaxNumber": Leaf.TEXT,
            "AccountNumber": Leaf.TEXT,
            "ContactNumber": Leaf.TEXT,
            "DefaultCurrency": Leaf.CURRENCY,
            "Addresses": [{"Country": Leaf.TEXT}],
            "PaymentTerms": {"Sales": {"Day": Leaf.TEXT, "Type": Leaf.TEXT}},
        },
        contacts,
    ),
    **kinds(
        "Items",
        "ItemID",
        {
            "Code": Leaf.TEXT,
            "Name": Leaf.TEXT,
            "PurchaseDetails": {"UnitPrice": Leaf.DECIMAL},
            "SalesDetails": {"UnitPrice": Leaf.DECIMAL, "AccountCode": Leaf.TEXT},
        },
        items,
    ),
}
