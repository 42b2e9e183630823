"""Quotes and their lines: offers made to a customer.

`GrandTotal` is `TotalPrice` (lines after discounts) with tax and shipping, so that shipping counts in the subtotal.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_quote.htm
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import QUOTE_LINES, QUOTES
from pipelines.systems.changes import STANDS, WHOLE, Reference, Said, refers, said
from pipelines.systems.reading import Reading
from pipelines.systems.salesforce.product_lines import product_line
from pipelines.systems.salesforce.records import Entity
from pipelines.systems.shape import Leaf

_STATUSES = {
    "Draft": "draft",
    "Needs Review": "draft",
    "In Review": "draft",
    "Approved": "open",
    "Rejected": "declined",
    "Presented": "open",
    "Accepted": "accepted",
    "Denied": "declined",
}
_MONEY = ("Subtotal", "TotalPrice", "ShippingHandling", "Discount")
# In a whole state an empty field is nothing; in a change it is not known, and neither is what depends on it.
_SHIPPING = pl.when(WHOLE).then(pl.col("ShippingHandling").fill_null(0)).otherwise("ShippingHandling")


def _judge(reading: Reading) -> Reading:
    reading.require("", "Status", when=STANDS)
    reading.allow("", "Status", _STATUSES)
    return reading


QUOTE = Entity(
    "Quote",
    QUOTES,
    {
        "AccountId": Leaf.ID,
        "OpportunityId": Leaf.ID,
        "ContractId": Leaf.ID,
        "QuoteNumber": Leaf.TEXT,
        "Status": Leaf.TEXT,
        "CurrencyIsoCode": Leaf.CURRENCY,
        "ExpirationDate": Leaf.LAST_DAY,
        "Subtotal": Leaf.MONEY,
        "TotalPrice": Leaf.MONEY,
        "ShippingHandling": Leaf.MONEY,
        "Tax": Leaf.MONEY,
        "GrandTotal": Leaf.MONEY,
    },
    {
        "customer_id": refers("AccountId"),
        "opportunity_id": refers("OpportunityId"),
        "contract_id": refers("ContractId"),
        "number": said("QuoteNumber"),
        "status": Said(pl.col("Status").replace_strict(_STATUSES, default=None, return_dtype=pl.String), ("Status",)),
        "currency": said("CurrencyIsoCode"),
        # Until the end of the last day on which it can be accepted.
        "valid_until": said("ExpirationDate"),
        "subtotal": Said(pl.col("Subtotal") + _SHIPPING, _MONEY),
        "discount": Said(pl.col("Subtotal") - pl.col("TotalPrice"), _MONEY),
        "tax": said("Tax"),
        "total": said("GrandTotal"),
    },
    references=(Reference("quote_number", "QuoteNumber"),),
    object_kind="quote",
    prepare=_judge,
)

QUOTE_LINE = product_line("QuoteLineItem", QUOTE_LINES, "QuoteId", "quote_id", "quote")
