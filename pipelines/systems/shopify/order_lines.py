"""What an order sells: its items, shipping, tip, duties and fees, each a line with its net amount.

https://shopify.dev/docs/api/admin-rest/latest/resources/order. A line is its price times its quantity less what each
discount took of it (`discount_allocations`; payloads from before those, 2018, state `total_discount`), less its tax
where the prices contain tax (`taxes_included`). `quantity` is what was ordered: what is removed later comes back as a
refund. A tip is a line item where it was paid at a terminal; one that only the order knows is a line of its own. Duties
are charged on, and so a line: the shop owes them to customs as importer, whether or not it was paid for them.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems.codes import Code
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.shop_money import NOTHING, WIDE, nought, total
from pipelines.systems.shopify.money import charged, told
from pipelines.systems.shopify.products import sold_as

ITEMS, SHIPPING = "line_items", "shipping_lines"
EXTRAS = {"tip": "Tip", "duties": "Duties", "additional_fees": "Additional fees"}

MOST_UNITS = 10**9
MOST_MONEY = 10**15

_PARTS: Shape = {"discount_allocations": [told("amount")], "tax_lines": [told("price")]}

ITEM_SHAPE: Shape = {
    "id": Leaf.ID,
    "product_id": Leaf.ID,
    "variant_id": Leaf.ID,
    "name": Leaf.TEXT,
    "title": Leaf.TEXT,
    "quantity": Leaf.COUNT,
    "gift_card": Leaf.FLAG,
    "tip_payment_gateway": Leaf.TEXT,
    **told("price", "total_discount"),
    **_PARTS,
}
SHIPPING_SHAPE: Shape = {"id": Leaf.ID, "title": Leaf.TEXT, **told("price", "discounted_price"), **_PARTS}


def order_lines(reading: Reading) -> pl.DataFrame:
    """One row a line, in order: `_row`, `line` (its id within the order), product_id, description, quantity, `gross`
    (after discounts, tax included where prices contain it), discount, tax, `item` (a line item), `gift_card` and `tip`.
    """
    reading.require(ITEMS, "id", "price", "quantity")
    reading.refuse(ITEMS, "quantity", ~pl.col("quantity").is_between(0, MOST_UNITS))
    reading.require_any(SHIPPING, ["price", "price_set.presentment_money.amount"])
    for path in (ITEMS, SHIPPING):
        reading.refuse(path, "price", charged("price") < 0)
        reading.refuse(f"{path}[].discount_allocations", "amount", charged("amount") < 0)
    items = _items(reading)
    too_much = items.filter(pl.col("gross") > MOST_MONEY)
    reading.faults.add_rows(too_much.get_column("_row"), Code.WRONG_TYPE, reading.kind.path(ITEMS, "quantity"))
    lines = pl.concat([items, _shipping(reading), *_extras(reading, items)])
    return lines.sort("_row", maintain_order=True)


def _discount(reading: Reading, path: str, instead: pl.Expr) -> pl.Series:
    """What discounts took of each row; `instead` counts where no allocation is told."""
    frame, allocations = reading.frames[path], reading.frames[f"{path}[].discount_allocations"]
    allocated = total(frame, allocations, charged("amount"))
    told_of = frame.with_row_index("_place").get_column("_place").is_in(allocations.get_column("_up").unique().implode())
    other = frame.select(nought(instead)).to_series()
    return pl.select(pl.when(pl.lit(told_of)).then(pl.lit(allocated)).otherwise(pl.lit(other))).to_series()


def _items(reading: Reading) -> pl.DataFrame:
    rows = reading.frames[ITEMS]
    return (
        rows.with_columns(
            discount=_discount(reading, ITEMS, charged("total_discount")),
            tax=total(rows, reading.frames[f"{ITEMS}[].tax_lines"], charged("price")),
        )
        .with_columns(gross=charged("price") * pl.col("quantity").cast(pl.Decimal(38, 0)) - pl.col("discount"))
        .select(
            "_row",
            line="id",
            product_id=sold_as(reading),
            description=pl.coalesce("name", "title"),
            quantity=pl.col("quantity").cast(pl.Int64),
            gross=pl.col("gross").cast(WIDE),
            discount="discount",
            tax="tax",
            item=pl.lit(True),
            gift_card=pl.col("gift_card").fill_null(False),
            tip=pl.col("tip_payment_gateway").is_not_null(),
        )
    )


def _shipping(reading: Reading) -> pl.DataFrame:
    rows = reading.frames[SHIPPING]
    reduced = charged("price") - pl.coalesce(charged("discounted_price"), charged("price"))
    return rows.with_columns(
        discount=_discount(reading, SHIPPING, reduced),
        tax=total(rows, reading.frames[f"{SHIPPING}[].tax_lines"], charged("price")),
    ).select(
        "_row",
        line=pl.format("shipping:{}", pl.coalesce("id", pl.col("_n").cast(pl.String))),
        product_id=pl.lit(None, pl.String),
        description=pl.coalesce("title", pl.lit("Shipping")),
        quantity=pl.lit(1, pl.Int64),
        gross=charged("price") - pl.col("discount"),
        discount="discount",
        tax="tax",
        item=pl.lit(False),
        gift_card=pl.lit(False),
        tip=pl.lit(False),
    )


def _extras(reading: Reading, items: pl.DataFrame) -> list[pl.DataFrame]:
    """Tip, duties and fees, of which only the order knows how much."""
    tipped = items.filter("tip").group_by("_row").agg(tipped=pl.col("gross").sum())
    amounts = reading.root.join(tipped, on="_row", how="left", maintain_order="left").select(
        "_row",
        tip=charged("total_tip_received") - nought(pl.col("tipped")),
        duties=pl.col("original_total_duties_set.presentment_money.amount").cast(WIDE),
        additional_fees=pl.col("original_total_additional_fees_set.presentment_money.amount").cast(WIDE),
    )
    nothing = NOTHING
    return [
        amounts.filter(pl.col(name) > 0).select(
            "_row",
            line=pl.lit(name),
            product_id=pl.lit(None, pl.String),
            description=pl.lit(description),
            quantity=pl.lit(1, pl.Int64),
            gross=name,
            discount=nothing,
            tax=nothing,
            item=pl.lit(False),
            gift_card=pl.lit(False),
            tip=pl.lit(name == "tip"),
        )
        for name, description in EXTRAS.items()
    ]
