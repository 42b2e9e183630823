"""What the kinds of Xero objects have in common: where an object stands, and how it is named.

Ids are GUIDs, unique over all types. Dates of documents are calendar days, moments are in UTC, both in .NET's or in ISO
spelling: https://developer.xero.com/documentation/api/accounting/requests-and-responses
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.wrapped import listed_kind

# Journals are in the base currency of the organisation, which only a delivery can name.
_DELIVERY: Shape = {"delivery": {"currency": Leaf.CURRENCY}}
BARE, DELIVERED, LISTED = "bare", "delivered", "listed"


def kinds(entity: str, own_id: str, shape: Shape, facts: Callable[[Reading], list[Fact]]) -> dict[str, Kind]:
    """How objects of a type are read: alone, delivered, or as the one element of an answer's list.

    `entity` is the name of that list, such as Invoices, and `own_id` of its id, such as InvoiceID.
    """

    def read(reading: Reading) -> list[Fact]:
        reading.require("", own_id)
        columns = reading.root.columns
        named = [name for name in ("CurrencyCode", "delivery.currency") if name in columns]
        status = pl.col("Status") if "Status" in columns else pl.lit(None, pl.String)
        root = reading.root.with_columns(
            _id=own_id,
            _gone=status.eq_missing(pl.lit("DELETED")),
            _sequence=pl.lit(None, pl.Int64),
            currency=pl.coalesce(named) if named else pl.lit(None, pl.String),
        )
        return facts(reading.with_frame("", root))

    whole: Shape = {own_id: Leaf.ID, **shape}
    return {
        f"{entity}|{BARE}": Kind(entity, whole, read),
        f"{entity}|{DELIVERED}": Kind(entity, whole, read, "body", beside=_DELIVERY),
        f"{entity}|{LISTED}": listed_kind(entity, whole, read, entity),
    }
