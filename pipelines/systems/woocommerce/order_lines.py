"""The lines of an order, rounded to the minor unit, and whether they tie to its total."""

from __future__ import annotations

import polars as pl

from pipelines.systems.codes import Code
from pipelines.systems.reading import Reading
from pipelines.systems.shop_money import NOTHING, WIDE, nought, shown
from pipelines.systems.woocommerce.money import FINE, rounded, rounded_lines
from pipelines.systems.woocommerce.reading import sold_as

ITEMS, SHIPPING, FEES = "line_items", "shipping_lines", "fee_lines"


def order_lines(reading: Reading, root: pl.DataFrame) -> pl.DataFrame:
    """Items, shipping and fees, in order, rounded to the minor unit."""
    reading.require(ITEMS, "id", "total", "quantity")
    for path in (SHIPPING, FEES):
        reading.require(path, "id", "total")
    none, one = pl.lit(None, pl.String), pl.lit(1, FINE)
    items = reading.frames[ITEMS].select(
        "_row",
        "id",
        description="name",
        product_id=sold_as(reading),
        quantity=pl.col("quantity").cast(FINE),
        fine=pl.col("total").cast(FINE),
        # A fee may be negative, and so may what a plugin does to a line: that is no discount.
        off=pl.max_horizontal(pl.col("subtotal") - pl.col("total"), pl.lit(0, FINE)).fill_null(0).cast(FINE),
        fine_tax=pl.col("total_tax").fill_null(0).cast(FINE),
        item=pl.lit(True),
    )
    others = [
        reading.frames[path].select(
            "_row",
            "id",
            description=pl.coalesce(name, pl.lit(instead)),
            product_id=none,
            quantity=one,
            fine=pl.col("total").cast(FINE),
            off=pl.lit(0, FINE),
            fine_tax=pl.col("total_tax").fill_null(0).cast(FINE),
            item=pl.lit(False),
        )
        for path, name, instead in ((SHIPPING, "method_title", "Shipping"), (FEES, "name", "Fee"))
    ]
    unit = pl.col("unit")
    lines = pl.concat([items, *others]).sort("_row", maintain_order=True)
    return lines.join(root.select("_row", "unit"), on="_row", how="left", maintain_order="left").select(
        "_row",
        "id",
        "description",
        "product_id",
        "quantity",
        "item",
        amount=rounded_lines(pl.col("fine"), unit),
        discount=rounded(pl.col("off"), unit),
        tax=rounded_lines(pl.col("fine_tax"), unit),
    )


def tied(reading: Reading, root: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines, with one for the rounding of shown figures; an order that does not tie is rejected."""
    sums = lines.group_by("_row").agg(net=pl.col("amount").sum(), figures=pl.len() + 1)
    joined = root.join(sums, on="_row", how="left", maintain_order="left").with_columns(
        net=nought(pl.col("net")), figures=pl.col("figures").fill_null(0)
    )
    missing = joined.with_columns(rest=pl.col("asked") - pl.col("tax") - pl.col("net"))
    # Half a minor unit for each figure that was shown rounded.
    by_rounding = pl.col("prices_include_tax").fill_null(False) & (
        2 * pl.col("rest").abs() * pl.col("unit").cast(pl.Decimal(38, 0)) <= pl.col("figures").cast(WIDE)
    )
    loose = missing.filter((pl.col("rest") != 0) & ~by_rounding)
    reading.faults.add_rows(
        loose.get_column("_row"),
        Code.AMOUNTS_DO_NOT_TIE,
        reading.kind.path("", "total"),
        loose.select(
            pl.format("{} is not {} of lines and {} of tax", shown("asked"), shown("net"), shown("tax"))
        ).to_series(),
    )
    rounding = missing.filter((pl.col("rest") != 0) & by_rounding).select(
        "_row",
        id=pl.lit("rounding"),
        description=pl.lit("Rounding of prices that contain tax"),
        product_id=pl.lit(None, pl.String),
        quantity=pl.lit(1, FINE),
        item=pl.lit(False),
        amount="rest",
        discount=NOTHING,
        tax=NOTHING,
    )
    return pl.concat([lines, rounding.select(lines.columns)]).sort("_row", maintain_order=True)
