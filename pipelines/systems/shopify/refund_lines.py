"""What a refund gives back, line by line: goods, shipping, adjustments, duties. What is given back is positive."""

from __future__ import annotations

import polars as pl

from pipelines.systems.reading import Reading
from pipelines.systems.shop_money import NOTHING, WIDE, as_parents, nought
from pipelines.systems.shopify.money import charged
from pipelines.systems.shopify.products import sold_as

SHIPPING_REFUND = "shipping_refund"


def goods_lines(reading: Reading, path: str) -> pl.DataFrame:
    """Goods as they are told. A gift card that is taken back was never in the invoice, so it is not in the note either."""
    goods = reading.frames[path]
    return goods.filter(~pl.col("line_item.gift_card").fill_null(False)).select(
        "_row",
        "_up",
        line=pl.coalesce("id", pl.col("_n").cast(pl.String)),
        product_id=sold_as(reading, "line_item.variant_id", "line_item.product_id"),
        description="line_item.name",
        quantity=pl.col("quantity").cast(pl.Decimal(38, 12)),
        amount=charged("subtotal"),
        tax=nought(charged("total_tax")),
        goods=pl.lit(True),
    )


def lines_beside(frames: dict[str, pl.DataFrame], shipping: str, adjusted: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Shipping, adjustments and duties as they are told."""
    apart = frames[shipping].get_column("_up").unique().implode()
    is_shipping = pl.col("kind") == SHIPPING_REFUND
    # Shopify moved refunded shipping out of the adjustments with 2024-10; where it has lines, it is not counted twice.
    adjustments = frames[adjusted].filter(~(is_shipping.fill_null(False) & pl.col("_up").is_in(apart)))
    duties = as_parents(rows).filter(_charged_set("total_duties") != 0)
    none = pl.lit(None, pl.String)
    unit = pl.lit(None, pl.Decimal(38, 12))
    return pl.concat(
        [
            frames[shipping].select(
                "_row",
                "_up",
                line=pl.format("shipping:{}", "_n"),
                product_id=none,
                description=pl.lit("Shipping"),
                quantity=unit,
                amount=nought(_charged_set("subtotal_amount")),
                tax=nought(_charged_set("tax_amount")),
            ),
            adjustments.select(
                "_row",
                "_up",
                line=pl.format("adjustment:{}", pl.coalesce("id", pl.col("_n").cast(pl.String))),
                product_id=none,
                description=pl.coalesce("reason", "kind"),
                quantity=unit,
                amount=-nought(charged("amount")),
                tax=-nought(charged("tax_amount")),
            ),
            duties.select(
                "_row",
                "_up",
                line=pl.lit("duties"),
                product_id=none,
                description=pl.lit("Duties"),
                quantity=unit,
                amount=_charged_set("total_duties"),
                tax=NOTHING,
            ),
        ]
    ).with_columns(goods=pl.lit(False))


def net_of_tax(rows: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with their net amounts.

    The subtotal of goods contains the tax where the order's prices do (`taxes_included`); shipping and adjustments tell
    theirs beside the amount. Where the order has not said, or shipping follows its prices, what was given back decides:
    it is the sum of the amounts with the taxes that are not in them.
    """
    goods, tax = pl.col("amount").filter(pl.col("goods")), pl.col("tax")
    sums = lines.group_by("_up").agg(
        of_goods=goods.sum(),
        beside=pl.col("amount").filter(~pl.col("goods")).sum(),
        tax_beside=tax.filter(~pl.col("goods")).sum(),
        taxed=(tax != 0).any(),
    )
    told = as_parents(rows).select("_up", "taxes_included", "given").join(sums, on="_up", how="left")
    all_inside = pl.col("taxed") & (pl.col("given") == pl.col("of_goods") + pl.col("beside"))
    goods_inside = pl.col("taxed") & (pl.col("given") == pl.col("of_goods") + pl.col("beside") + pl.col("tax_beside"))
    flags = told.select(
        "_up",
        in_goods=pl.coalesce("taxes_included", all_inside | goods_inside).fill_null(False),
        in_others=(all_inside & ~goods_inside & pl.col("taxes_included").fill_null(True)).fill_null(False),
    )
    inside = pl.when(pl.when("goods").then("in_goods").otherwise("in_others")).then("tax").otherwise(NOTHING)
    joined = lines.join(flags, on="_up", how="left", maintain_order="left")
    return joined.with_columns(amount=pl.col("amount") - inside).drop("in_goods", "in_others", "goods")


def _charged_set(name: str) -> pl.Expr:
    """An amount that is told only as a set."""
    return pl.col(f"{name}_set.presentment_money.amount").cast(WIDE)
