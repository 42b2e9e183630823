"""Gift cards: what the shop owes their holders. https://shopify.dev/docs/api/admin-rest/latest/resources/gift-card

A card that was issued by an order was paid for; any other is a present. The sale of a card is no revenue: `orders` leaves
its line out of the invoice (ASC 606-10-55-46: a prepayment is a liability until it is used).
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CREDIT_GRANTS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf
from pipelines.systems.shop_records import Resource


def gift_cards(reading: Reading) -> list[Fact]:
    """The card as it was issued; one that was disabled is retracted."""
    reading.require("", "id", "initial_value", "currency", "created_at")
    reading.refuse("", "initial_value", pl.col("initial_value") < 0)
    disabled = pl.col("disabled_at").is_not_null()
    return [
        Fact(
            CREDIT_GRANTS,
            reading.root.select(
                "_row",
                "currency",
                part=pl.lit("credit_grants"),
                object_id=reading.object_id(pl.concat_str(pl.lit("gift_card:"), "id")),
                effective_at="created_at",
                source_sequence=disabled.cast(pl.Int64),
                operation=pl.when(disabled).then(pl.lit("retract")).otherwise(pl.lit("assert")),
                customer_id=reading.object_id("customer_id"),
                document_id=reading.object_id("order_id"),
                kind=pl.lit("gift_card"),
                paid=pl.col("order_id").is_not_null(),
                amount="initial_value",
                # It may be used throughout its last day.
                expires_at="expires_on",
            ),
        )
    ]


GIFT_CARD = Resource(
    "gift_card",
    {
        "id": Leaf.ID,
        "initial_value": Leaf.MONEY,
        "currency": Leaf.CURRENCY,
        "customer_id": Leaf.ID,
        "order_id": Leaf.ID,
        "created_at": Leaf.MOMENT,
        "disabled_at": Leaf.MOMENT,
        "expires_on": Leaf.LAST_DAY,
    },
    gift_cards,
    "gift_card:",
)
