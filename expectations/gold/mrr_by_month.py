"""MRR of the company: it rolls, it continues, and it is the sum of its customers."""

from __future__ import annotations

import polars as pl

from expectations.controls import is_month, total
from expectations.expectation import holds, zero
from expectations.gold.mrr_movements import MOVEMENTS
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

MONTH = ["month", "currency"]
AMOUNTS = ("opening", *MOVEMENTS, "closing")


def with_previous(months: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each month with `previous`, the closing before it; zero where there is none."""
    return months.with_columns(previous=pl.col("closing").shift(1, fill_value=0).over("currency", order_by="month"))


def against_customers(months: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each month, of either, with how far its amounts (`apart`) and its customers (`customers_apart`) are off."""
    by_customer = (
        context[gold.MRR_MOVEMENTS.qualified_name]
        .group_by(MONTH)
        .agg(
            *(pl.col(name).sum().alias(f"sum_{name}") for name in AMOUNTS),
            counted=(pl.col("closing") > 0).sum().cast(pl.Int64),
        )
    )
    both = months.join(by_customer, on=MONTH, how="full", coalesce=True).with_columns(
        pl.col(*AMOUNTS, "customers", "counted", *(f"sum_{name}" for name in AMOUNTS)).fill_null(0)
    )
    apart = pl.sum_horizontal((pl.col(name) - pl.col(f"sum_{name}")).abs() for name in AMOUNTS)
    return both.with_columns(apart=apart, customers_apart=pl.col("customers") - pl.col("counted"))


SUITE = gold_suite(
    gold.MRR_BY_MONTH,
    zero(
        "mrr_rolls_forward",
        "Opening MRR and its movements make closing MRR.",
        pl.col("opening") + total(*MOVEMENTS) - pl.col("closing"),
        shows=("month", "currency", "opening", *MOVEMENTS, "closing"),
    ),
    zero(
        "opening_is_previous_closing",
        "A month opens with what the month before closed with.",
        pl.col("opening") - pl.col("previous"),
        shows=("month", "currency", "opening", "previous"),
    ),
    holds(
        "churn_not_positive",
        "Churned and shrinking MRR is nothing or less.",
        (pl.col("churn") <= 0) & (pl.col("contraction") <= 0),
        shows=("month", "contraction", "churn"),
    ),
    holds("months_are_months", "A month is named by its first day.", is_month("month"), shows=("month",)),
    prepare=with_previous,
    grains=(
        grain(
            tuple(MONTH),
            against_customers,
            zero(
                "mrr_is_sum_of_customers",
                "Every amount of a month is the sum over its customers.",
                pl.col("apart"),
                shows=("month", "currency", "apart"),
            ),
            holds(
                "customers_are_counted",
                "Customers are those who have MRR at the end of the month.",
                pl.col("customers_apart") == 0,
                shows=("month", "currency", "customers", "counted"),
            ),
        ),
    ),
    reads=(Read(gold.MRR_MOVEMENTS, (*MONTH, *AMOUNTS)),),
)
