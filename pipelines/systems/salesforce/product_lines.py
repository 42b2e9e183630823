"""What a deal or an offer sells: lines of products, of which Salesforce tells the same in either.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitylineitem.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_quotelineitem.htm
"""

from __future__ import annotations

import polars as pl

from lakehouse.table import Table
from pipelines.systems.changes import STANDS, Said, refers, said
from pipelines.systems.reading import Reading
from pipelines.systems.salesforce.records import Entity
from pipelines.systems.shape import Leaf, Shape

_SHAPE: Shape = {
    "Product2Id": Leaf.ID,
    "PricebookEntryId": Leaf.ID,
    "Description": Leaf.TEXT,
    "Quantity": Leaf.DECIMAL,
    "UnitPrice": Leaf.DECIMAL,
    "Subtotal": Leaf.MONEY,
    "TotalPrice": Leaf.MONEY,
    "CurrencyIsoCode": Leaf.CURRENCY,
    "ServiceDate": Leaf.CALENDAR_DAY,
}
_COLUMNS = {
    "product_id": refers("Product2Id"),
    "price_id": refers("PricebookEntryId"),
    "description": said("Description"),
    "quantity": said("Quantity"),
    "unit_price": said("UnitPrice"),
    # A change of one of the two does not say the other: the discount is not known then.
    "discount": Said(pl.col("Subtotal") - pl.col("TotalPrice"), ("Subtotal", "TotalPrice", "Discount")),
    "amount": said("TotalPrice"),
    "currency": said("CurrencyIsoCode"),
    "service_from": said("ServiceDate"),
}


def product_line(name: str, table: Table, field: str, column: str, object_kind: str) -> Entity:
    """The lines called `name`; `field` holds what they are lines of, which `column` of the table says."""

    def judge(reading: Reading) -> Reading:
        reading.require("", field, when=STANDS)
        return reading

    return Entity(
        name,
        table,
        {field: Leaf.ID, **_SHAPE},
        {column: refers(field), **_COLUMNS},
        object_kind=object_kind,
        prepare=judge,
    )
