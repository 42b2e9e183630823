"""Revenue by what makes it differ: product, country, segment, and when control passes.

ASC 606-10-50-5 and 55-89 to 55-91; IFRS 15.114, B87 to B89.
"""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import CONTRA_REVENUE, Account
from assets.recognition.methods import RecognitionMethod
from lakehouse.tables import gold

_BY = ["book", "legal_entity_id", "currency", "accounting_period"]
_LINE = ["product_id", "category", "country", "segment", "timing"]
NONE = "-"


def disaggregated_revenue(
    journal: pl.LazyFrame, obligations: pl.DataFrame, products: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    """gold.disaggregated_revenue; `products` and `customers` are states of silver with object_id."""
    accounts = [Account.REVENUE.value, *(account.value for account in CONTRA_REVENUE)]
    is_revenue = pl.col("account") == Account.REVENUE.value
    credit = -pl.col("amount")
    posted = (
        journal.filter(pl.col("account").is_in(accounts))
        .group_by(*_BY, "obligation_id", "customer_id")
        .agg(gross_revenue=credit.filter(is_revenue).sum(), contra_revenue=credit.filter(~is_revenue).sum())
        .collect()
    )
    point = pl.col("recognition_method") == RecognitionMethod.POINT_IN_TIME.value
    lines = obligations.select(
        "obligation_id", "product_id", timing=pl.when(point).then(pl.lit("point_in_time")).otherwise(pl.lit("over_time"))
    )
    told = (
        posted.join(lines, on="obligation_id", how="left")
        .join(products.select(product_id="object_id", category="category"), on="product_id", how="left")
        .join(customers.select("country", "segment", customer_id="object_id"), on="customer_id", how="left")
        .with_columns(pl.col("timing").fill_null("not_of_a_line"), pl.col(_LINE[:4]).fill_null(NONE))
    )
    rows = told.group_by(*_BY, *_LINE).agg(pl.col("gross_revenue", "contra_revenue").sum())
    moved = rows.filter(pl.any_horizontal(pl.col("gross_revenue", "contra_revenue") != 0))
    net = pl.col("gross_revenue") + pl.col("contra_revenue")
    return gold.DISAGGREGATED_REVENUE.conform(moved.with_columns(net_revenue=net).sort(*_BY, *_LINE))
