"""Products, each with the price it has in the product library.

https://developers.hubspot.com/docs/guides/api/crm/objects/products
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import PRICES, PRODUCTS
from pipelines.systems.changes import Reference, Said, said
from pipelines.systems.hubspot.objects import HubObject, Told
from pipelines.systems.hubspot.terms import interval, interval_count
from pipelines.systems.shape import Leaf

_OWN = Said(pl.col("_product"), (), refers=True)

PRODUCT = HubObject(
    "product",
    {
        "name": Leaf.TEXT,
        "hs_product_type": Leaf.TEXT,
        "hs_sku": Leaf.TEXT,
        "price": Leaf.DECIMAL,
        "recurringbillingfrequency": Leaf.TEXT,
    },
    (
        Told(PRODUCTS, {"name": said("name"), "category": said("hs_product_type")}),
        Told(
            PRICES,
            {
                "product_id": _OWN,
                # In the currency of the account, which the product does not name.
                "unit_amount": said("price"),
                "billing_interval": Said(interval("recurringbillingfrequency"), ("recurringbillingfrequency",)),
                "billing_interval_count": Said(interval_count("recurringbillingfrequency"), ("recurringbillingfrequency",)),
            },
            constant={"purpose": "list", "pricing_model": "per_unit"},
            suffix=":price",
        ),
    ),
    references=(Reference("sku", "hs_sku", "same_as"),),
    object_kind="product",
    prepare=lambda root: root.with_columns(_product="_id"),
)
