"""Lines of a transaction's items, net of tax and of the discount of the whole transaction.

Subtotals, descriptions and the brackets of a group are no lines. Shipping and handling of the transaction are lines.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.bookkeeping import shared_out
from pipelines.systems.netsuite.records import REFERENCE
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape

PATH = "item.items"
NO_LINES = ("subtotal", "description", "group", "endgroup")
SOLD = ~pl.col("itemType").str.to_lowercase().is_in(NO_LINES).fill_null(False)
CARRIAGE = {"shippingCost": "shipping", "handlingCost": "handling"}

SHAPE: Shape = {
    "line": Leaf.COUNT,
    "item": REFERENCE,
    "itemType": Leaf.ID,
    "description": Leaf.TEXT,
    "quantity": Leaf.DECIMAL,
    "rate": Leaf.DECIMAL,
    "amount": Leaf.MONEY,
    "tax1Amt": Leaf.MONEY,
    "revRecStartDate": Leaf.CALENDAR_DAY,
    "revRecEndDate": Leaf.LAST_DAY,
}
TOTALS: Shape = {
    "discountTotal": Leaf.MONEY,
    "shippingCost": Leaf.MONEY,
    "handlingCost": Leaf.MONEY,
    "taxTotal": Leaf.MONEY,
    "tax2Total": Leaf.MONEY,
}


def tax() -> pl.Expr:
    """All tax of a transaction."""
    return pl.col("taxTotal").fill_null(0) + pl.col("tax2Total").fill_null(0)


def lines(reading: Reading) -> pl.DataFrame:
    """One row a line: `_row`, `number`, `key` (stable within the transaction), `net`, `share` (of the discount), and what
    was read."""
    root = reading.root.select("_row", "currency", "event_at", "_id", *TOTALS)
    items = reading.frames[PATH].filter(SOLD)
    sold = items.with_columns(key=pl.coalesce("line", "_n").cast(pl.String)).join(root, on="_row", maintain_order="left")
    sold = sold.with_columns(off=-pl.col("discountTotal").fill_null(0))
    sold = sold.with_columns(share=shared_out(sold, "off", "amount", "currency"))
    carried = [
        root.filter(pl.col(column) != 0).with_columns(
            key=pl.lit(name), description=pl.lit(name), amount=pl.col(column), _n=pl.lit(1_000_000 + n, pl.Int64)
        )
        for n, (column, name) in enumerate(CARRIAGE.items())
    ]
    every = pl.concat([sold, *carried], how="diagonal").sort("_row", "_n", maintain_order=True)
    return every.with_columns(
        number=pl.int_range(1, pl.len() + 1).over("_row"), net=pl.col("amount") - pl.col("share").fill_null(0)
    )
