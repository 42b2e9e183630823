"""Customers and items of every type: whom we sell to, what, and what it costs."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CUSTOMERS, EXTERNAL_REFERENCES, PRODUCTS
from pipelines.systems.bookkeeping import common, reference
from pipelines.systems.facts import Fact
from pipelines.systems.netsuite.records import ENTITY, ITEM, REFERENCE, kinds, ref
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape

ITEM_TYPES = (
    *(
        "inventoryItem",
        "serializedInventoryItem",
        "lotNumberedInventoryItem",
        "assemblyItem",
        "kitItem",
        "giftCertificateItem",
    ),
    *("nonInventorySaleItem", "nonInventoryResaleItem", "serviceSaleItem", "serviceResaleItem", "otherChargeSaleItem"),
    *("otherChargeResaleItem", "downloadItem", "subscriptionPlan"),
)
# Where the connector of Celigo keeps the id that the account has in Salesforce.
SALESFORCE_ID = "custentity_celigo_sfnc_salesforce_id"


def customers(reading: Reading) -> list[Fact]:
    """customer: as it is; a person by name, a company by its own."""
    person = pl.concat_str("firstName", "lastName", separator=" ", ignore_nulls=True)
    name = pl.when(pl.col("isPerson")).then(person).otherwise(pl.coalesce("companyName", "altName"))
    twin = reference(reading, SALESFORCE_ID, "object_id", "same_as", object_kind="customer")
    in_crm = twin.rows.with_columns(
        reference_system=pl.lit("salesforce"), reference=pl.col("reference").str.replace(r"^[^:]+:", "salesforce:")
    )
    return [
        Fact(
            CUSTOMERS,
            reading.root.select(
                *common(reading, "customers"),
                name=pl.coalesce(name, "entityId"),
                email=pl.col("email"),
                segment=pl.col("category.refName"),
                parent_id=ref(reading, ENTITY, "parent"),
                terms=pl.col("terms.refName"),
                currency=pl.col("currency"),
            ),
        ),
        reference(reading, "email", "email", object_kind="customer"),
        reference(reading, "vatRegNumber", "tax_id", object_kind="customer"),
        reference(reading, "entityId", "customer_number", object_kind="customer"),
        reference(reading, "externalId", "external_id", "same_as", object_kind="customer"),
        Fact(EXTERNAL_REFERENCES, in_crm),
    ]


def items(reading: Reading) -> list[Fact]:
    """An item of any type: its cost is the average where stock is kept, else the purchase price, in the base currency."""
    return [
        Fact(
            PRODUCTS,
            reading.root.select(
                *common(reading, "products"),
                name=pl.coalesce("displayName", "itemId"),
                category=pl.coalesce("class.refName", pl.lit(reading.kind.name)),
                unit=pl.col("saleUnit.refName"),
                unit_cost=pl.coalesce("averageCost", "cost"),
                cost_currency=pl.col("currency"),
                revenue_account=pl.coalesce("incomeAccount.refName", "incomeAccount.id"),
                active=~pl.col("isInactive").fill_null(False),
            ),
        ),
        reference(reading, "itemId", "sku", "same_as", object_kind="product"),
        reference(reading, "upcCode", "barcode", object_kind="product"),
        reference(reading, "externalId", "external_id", "same_as", object_kind="product"),
    ]


_ITEM: Shape = {
    "itemId": Leaf.TEXT,
    "displayName": Leaf.TEXT,
    "class": REFERENCE,
    "saleUnit": REFERENCE,
    "incomeAccount": REFERENCE,
    "averageCost": Leaf.DECIMAL,
    "cost": Leaf.DECIMAL,
    "upcCode": Leaf.TEXT,
    "isInactive": Leaf.FLAG,
}
KINDS: dict[str, Kind] = {
    **kinds(
        "customer",
        ENTITY,
        {
            "entityId": Leaf.TEXT,
            "companyName": Leaf.TEXT,
            "altName": Leaf.TEXT,
            "isPerson": Leaf.FLAG,
            "firstName": Leaf.TEXT,
            "lastName": Leaf.TEXT,
            "email": Leaf.TEXT,
            "vatRegNumber": Leaf.TEXT,
            "category": REFERENCE,
            "parent": REFERENCE,
            "terms": REFERENCE,
            SALESFORCE_ID: Leaf.TEXT,
        },
        customers,
    ),
    **{name: kind for item in ITEM_TYPES for name, kind in kinds(item, ITEM, _ITEM, items).items()},
}
