"""Products and the prices of price books.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_pricebookentry.htm
"""

from __future__ import annotations

from lakehouse.tables.silver import PRICES, PRODUCTS
from pipelines.systems.changes import Reference, refers, said
from pipelines.systems.salesforce.records import Entity
from pipelines.systems.shape import Leaf

PRODUCT = Entity(
    "Product2",
    PRODUCTS,
    {
        "Name": Leaf.TEXT,
        "Family": Leaf.TEXT,
        "QuantityUnitOfMeasure": Leaf.TEXT,
        "IsActive": Leaf.FLAG,
        "ProductCode": Leaf.TEXT,
        "StockKeepingUnit": Leaf.TEXT,
        "ExternalId": Leaf.TEXT,
    },
    {
        "name": said("Name"),
        "category": said("Family"),
        "unit": said("QuantityUnitOfMeasure"),
        "active": said("IsActive"),
    },
    references=(
        Reference("product_code", "ProductCode"),
        Reference("sku", "StockKeepingUnit", "same_as"),
        Reference("object_id", "ExternalId", "same_as"),
    ),
    object_kind="product",
)

PRICE = Entity(
    "PricebookEntry",
    PRICES,
    {"Product2Id": Leaf.ID, "UnitPrice": Leaf.DECIMAL, "CurrencyIsoCode": Leaf.CURRENCY, "IsActive": Leaf.FLAG},
    {
        "product_id": refers("Product2Id"),
        "currency": said("CurrencyIsoCode"),
        "unit_amount": said("UnitPrice"),
        "active": said("IsActive"),
    },
    constant={"purpose": "list", "pricing_model": "per_unit"},
    object_kind="price",
)
