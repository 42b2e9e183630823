"""Fulfilments: what was shipped, and what came back.

https://shopify.dev/docs/api/admin-rest/latest/resources/fulfillment. Only a successful fulfilment delivers; one that is
still pending, or was cancelled or failed, retracts what was said of it. It is dated by when it was made.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import PERFORMANCE
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_money import as_parents
from pipelines.systems.shop_records import Resource
from pipelines.systems.shopify.products import sold_as

# Order of the states, which all hold from when the fulfilment was made.
STATES = {"pending": 0, "open": 0, "success": 1, "cancelled": 2, "error": 2, "failure": 2}

FULFILMENT_SHAPE: Shape = {
    "id": Leaf.ID,
    "order_id": Leaf.ID,
    "status": Leaf.TEXT,
    "created_at": Leaf.MOMENT,
    "tracking_number": Leaf.TEXT,
    "line_items": [{"id": Leaf.ID, "quantity": Leaf.DECIMAL, "product_id": Leaf.ID, "variant_id": Leaf.ID}],
}


def deliveries(reading: Reading, path: str, rows: pl.DataFrame) -> Fact:
    """Each line of each fulfilment. `rows`: the frame at `path` with `order`, the id of the order."""
    told = reading.with_frame(path, rows)
    told.require(path, "id", "order", "status", "created_at")
    told.allow(path, "status", STATES)
    items_path = f"{path}[].line_items" if path else "line_items"
    told.require(items_path, "id", "quantity")
    of_fulfilment = as_parents(rows).select(
        "_up", "order", "status", "created_at", "tracking_number", fulfilment="id", number="_n"
    )
    items = reading.frames[items_path].join(of_fulfilment, on="_up", how="left", maintain_order="left")
    delivered = pl.col("status") == "success"
    return Fact(
        PERFORMANCE,
        items.select(
            "_row",
            part=pl.format("performance/{}/{}", "number", "_n"),
            object_id=reading.object_id(pl.concat_str(pl.lit("fulfillment:"), "fulfilment", pl.lit(":"), "id")),
            effective_at="created_at",
            source_sequence=pl.col("status").replace_strict(STATES, default=0, return_dtype=pl.Int64),
            operation=pl.when(delivered).then(pl.lit("assert")).otherwise(pl.lit("retract")),
            kind=pl.lit("delivery"),
            document_id=reading.object_id("order"),
            document_line_id=reading.object_id(pl.concat_str("order", pl.lit(":"), "id")),
            product_id=sold_as(reading),
            quantity="quantity",
            tracking="tracking_number",
        ),
    )


def fulfilments(reading: Reading) -> list[Fact]:
    """fulfillments/create and /update, and the REST fulfilment."""
    reading.require("line_items", "id")
    empty = reading.root.join(reading.frames["line_items"], on="_row", how="anti").get_column("_row")
    reading.faults.add_rows(empty, Code.MISSING_FIELD, reading.kind.path("", "line_items"))
    return [deliveries(reading, "", reading.root.with_columns(order="order_id", _n=pl.lit(1, pl.Int64)))]


FULFILMENT = Resource("fulfillment", FULFILMENT_SHAPE, fulfilments, "fulfillment:")
