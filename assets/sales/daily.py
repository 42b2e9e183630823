"""Sales volume by day, currency and product: what was invoiced and what was taken back, tax excluded."""

from __future__ import annotations

import polars as pl

from assets.money.conversion import to_major
from assets.recognition.computed import Recognised
from lakehouse.tables import gold

NO_PRODUCT = "-"
TAKEN_BACK = ("refund", "credit_note", "dispute", "void")
"""A write-off is a loss of money, not of a sale, and is left out."""
_BY = ("day", "legal_entity_id", "currency", "product_id")


def sales_daily(recognised: Recognised) -> pl.DataFrame:
    """gold.sales_daily: lines by the day their invoice was finalised, take-backs by the day they happened."""
    lines = recognised.obligations.drop_nulls("billed_on").with_columns(pl.col("product_id").fill_null(NO_PRODUCT))
    invoiced = lines.group_by(*_BY[1:], day="billed_on").agg(invoice_lines=pl.len(), invoiced=pl.col("amount").sum())
    taken = recognised.unwound.filter(pl.col("kind").is_in(TAKEN_BACK))
    identity = lines.select("obligation_id", *_BY[1:])
    back = taken.join(identity, on="obligation_id").group_by(_BY).agg(taken_back=-pl.col("share").sum())
    rows = (
        pl.concat([invoiced.select(*_BY, "invoice_lines", "invoiced"), back], how="diagonal")
        .group_by(_BY)
        .agg(pl.col("invoice_lines", "invoiced", "taken_back").sum())
    )
    net = rows.with_columns(net_sales=pl.col("invoiced") + pl.col("taken_back")).sort(_BY)
    told = net.filter(pl.any_horizontal(pl.col("invoice_lines", "taken_back") != 0))
    return gold.SALES_DAILY.conform(to_major(told, "invoiced", "taken_back", "net_sales"))
