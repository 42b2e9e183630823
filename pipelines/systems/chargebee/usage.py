"""Usage of metered items."""

from __future__ import annotations

import polars as pl

from lakehouse.tables import silver
from pipelines.systems.chargebee.reading import with_state
from pipelines.systems.chargebee.subscriptions import line_id
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.shape import Leaf


def usages(reading: Reading) -> list[Fact]:
    """A recorded use of a metered item by a subscription. https://apidocs.chargebee.com/docs/api/usages"""
    reading.require("", "id", "subscription_id", "item_price_id", "quantity", "usage_date")
    contract = reading.object_id("subscription_id")
    return [
        Fact(
            silver.USAGE,
            with_state(reading).select(
                "_row",
                "source_sequence",
                "operation",
                "quantity",
                part=pl.format("usage/{}", "object_id"),
                object_id=pl.concat_str(pl.lit(f"{reading.source}:usage:"), "id"),
                effective_at="usage_date",
                meter="item_price_id",
                contract_id=contract,
                contract_line_id=line_id(contract, pl.col("item_price_id")),
            ),
        )
    ]


USAGE = Kind(
    "usage",
    {
        "id": Leaf.ID,
        "subscription_id": Leaf.ID,
        "item_price_id": Leaf.ID,
        "quantity": Leaf.DECIMAL,
        "usage_date": Leaf.TIME,
        "deleted": Leaf.FLAG,
        "resource_version": Leaf.COUNT,
    },
    usages,
)
