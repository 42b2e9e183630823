"""Sales by day: invoiced less what was taken back, and all of it is of the obligations."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

SALES = ["legal_entity_id", "currency", "product_id"]
NO_PRODUCT = "-"


def against_obligations(days: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each day and product, of either, with what was invoiced here and what the obligations booked that day sum to."""
    keys = ["day", *SALES]
    promised = (
        context[gold.OBLIGATIONS.qualified_name]
        .filter(pl.col("document_id") != "-")
        .with_columns(pl.col("product_id").fill_null(NO_PRODUCT))
        .group_by(*SALES, day="booked_on")
        .agg(promised=pl.col("allocated_amount").sum())
    )
    here = days.select(*keys, "invoiced")
    return here.join(promised, on=keys, how="full", coalesce=True).with_columns(pl.col("invoiced", "promised").fill_null(0))


SUITE = gold_suite(
    gold.SALES_DAILY,
    zero(
        "net_sales_add_up",
        "What was invoiced plus what was taken back is net sales.",
        pl.col("invoiced") + pl.col("taken_back") - pl.col("net_sales"),
        shows=("day", "product_id", "invoiced", "taken_back", "net_sales"),
    ),
    holds(
        "lines_not_negative",
        "A day has no line or more, and invoices nothing without one.",
        (pl.col("invoice_lines") > 0) | ((pl.col("invoice_lines") == 0) & (pl.col("invoiced") == 0)),
        shows=("day", "product_id", "invoice_lines", "invoiced"),
    ),
    grains=(
        grain(
            ("day", *SALES),
            against_obligations,
            zero(
                "invoiced_is_sum_of_obligations",
                "What was invoiced on a day is the sum of the obligations booked on it.",
                pl.col("invoiced") - pl.col("promised"),
                shows=("day", "product_id", "invoiced", "promised"),
            ),
        ),
    ),
    reads=(Read(gold.OBLIGATIONS, (*SALES, "document_id", "booked_on", "allocated_amount")),),
)
