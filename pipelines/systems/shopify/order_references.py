"""How others call an order: its number, its checkout, the platform it came from, and what somebody wrote on it."""

from __future__ import annotations

import polars as pl

from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_money import shown
from pipelines.systems.shop_references import like_references, references
from pipelines.systems.shopify.reading import refers

NAMED_SHAPE: Shape = {
    "order_number": Leaf.TEXT,
    "checkout_id": Leaf.ID,
    "checkout_token": Leaf.TEXT,
    "cart_token": Leaf.TEXT,
    "email": Leaf.TEXT,
    "contact_email": Leaf.TEXT,
    "po_number": Leaf.TEXT,
    "reference": Leaf.TEXT,
    "source_name": Leaf.TEXT,
    "source_identifier": Leaf.TEXT,
    "note_attributes": [{"name": Leaf.JSON, "value": Leaf.JSON}],
    "metafields": [{"namespace": Leaf.TEXT, "key": Leaf.TEXT, "value": Leaf.JSON}],
}


def order_references(reading: Reading, root: pl.DataFrame) -> Fact:
    """Every reference of an order. `root` has object_id, effective_at, currency and `asked`, the total."""
    in_shop = "total_price_set.shop_money"
    shop_total = pl.concat_str(shown(f"{in_shop}.amount"), pl.lit(" "), f"{in_shop}.currency_code")
    elsewhere = pl.col(f"{in_shop}.currency_code") != pl.col("currency")
    of_order = root.select("_row", "object_id", "effective_at")

    def listed(path: str) -> pl.DataFrame:
        return reading.frames[path].join(of_order, on="_row", how="left", maintain_order="left")

    return references(
        [
            refers(root, "document", "same_as", "order_id", "id"),
            refers(root, "document", "same_as", "order_number", "order_number"),
            refers(root, "document", "same_as", "order_name", "name"),
            # The id that the order has on the platform it was taken on.
            refers(
                root,
                "document",
                "same_as",
                "order_id",
                "source_identifier",
                system=pl.col("source_name"),
                part=pl.lit("source_identifier"),
            ),
            refers(root, "document", "derives_from", "checkout_id", "checkout_id"),
            refers(root, "document", "derives_from", "checkout_token", "checkout_token"),
            refers(root, "document", "derives_from", "cart_token", "cart_token"),
            refers(root, "document", "names", "email", pl.coalesce("email", "contact_email"), system=None),
            refers(root, "document", "names", "po_number", "po_number", system=None),
            refers(root, "document", "names", "reference", "reference", system=None),
            # What the shop books in its own currency.
            refers(root, "document", "names", "shop_total", pl.when(elsewhere).then(shop_total)),
            like_references(
                listed("note_attributes"),
                "document",
                pl.col("name"),
                pl.col("value"),
                pl.format("note_attributes/{}", "_n"),
            ),
            like_references(
                listed("metafields"),
                "document",
                pl.concat_str("namespace", pl.lit("."), "key"),
                pl.col("value"),
                pl.format("metafields/{}", "_n"),
            ),
        ]
    )
