"""What shops tell of what they sell: products as they stood, what they cost, and for how much they are listed."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import PRODUCTS
from pipelines.systems.facts import Fact
from pipelines.systems.shop_records import Life


def product(rows: pl.DataFrame, life: Life, **told: pl.Expr | pl.Series | str) -> Fact:
    """The products of `rows`, which have `_row`, object_id and effective_at; one that was deleted is retracted."""
    return Fact(
        PRODUCTS,
        rows.select(
            "_row",
            "object_id",
            "effective_at",
            part=pl.lit("products"),
            source_sequence=life.order(),
            operation=life.operation(),
            **told,
        ),
    )


def cost(amount: str, currency: str) -> dict[str, pl.Expr]:
    """What a product costs, where both are told: an amount without a currency is no money."""
    stated = pl.col(amount).is_not_null() & pl.col(currency).is_not_null()
    return {"unit_cost": pl.when(stated).then(amount), "cost_currency": pl.when(stated).then(currency)}


def list_prices(rows: pl.DataFrame, part: pl.Expr, object_id: pl.Expr, currency: pl.Expr, amount: pl.Expr) -> pl.DataFrame:
    """For how much the products of `rows` are listed in a currency, where both are told."""
    found = rows.select(
        "_row",
        "effective_at",
        part=part,
        object_id=object_id,
        product_id="object_id",
        currency=currency,
        purpose=pl.lit("list"),
        pricing_model=pl.lit("per_unit"),
        unit_amount=amount,
    )
    return found.filter(pl.col("currency").is_not_null() & pl.col("unit_amount").is_not_null())
