"""MRR by customer: it rolls, it continues from month to month, and each movement is of its kind."""

from __future__ import annotations

import polars as pl

from expectations.controls import is_month, total
from expectations.expectation import holds, zero
from expectations.suite import Context, gold_suite, grain
from lakehouse.tables import gold

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
SERIES = ["customer_id", "currency"]


def with_company(rows: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each row with `left`, the customer's MRR at the end of the month in every currency together."""
    return rows.with_columns(left=pl.col("closing").sum().over("customer_id", "month"))


def months_between(rows: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each customer, currency and month that closed or opened with something: what closed before and what opened."""
    closed = rows.filter(pl.col("month") < pl.col("month").max()).select(
        *SERIES, pl.col("month").dt.offset_by("1mo"), previous="closing"
    )
    opened = rows.select(*SERIES, "month", "opening")
    return closed.join(opened, on=[*SERIES, "month"], how="full", coalesce=True).with_columns(
        pl.col("previous", "opening").fill_null(0)
    )


def customers(rows: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each customer with the number of months in which it was new."""
    months = pl.col("month").filter(pl.col("new") != 0).n_unique()
    return rows.group_by("customer_id").agg(months_new=months.cast(pl.Int64))


SUITE = gold_suite(
    gold.MRR_MOVEMENTS,
    zero(
        "mrr_rolls_forward",
        "Opening MRR and its movements make closing MRR.",
        pl.col("opening") + total(*MOVEMENTS) - pl.col("closing"),
        shows=("month", "customer_id", "opening", *MOVEMENTS, "closing"),
    ),
    holds(
        "growth_not_negative",
        "New, returning and growing MRR is nothing or more.",
        pl.all_horizontal(pl.col(c) >= 0 for c in ("new", "reactivation", "expansion")),
        shows=("month", "customer_id", "new", "reactivation", "expansion"),
    ),
    holds(
        "loss_not_positive",
        "Shrinking and churned MRR is nothing or less.",
        (pl.col("contraction") <= 0) & (pl.col("churn") <= 0),
        shows=("month", "customer_id", "contraction", "churn"),
    ),
    holds(
        "churned_customer_has_none_left",
        "A customer churns only when no MRR is left.",
        (pl.col("churn") == 0) | (pl.col("left") == 0),
        shows=("month", "customer_id", "churn", "left"),
    ),
    holds("closing_not_negative", "MRR is nothing or more.", pl.col("closing") >= 0, shows=("customer_id", "closing")),
    holds("months_are_months", "A month is named by its first day.", is_month("month"), shows=("month",)),
    prepare=with_company,
    grains=(
        grain(
            (*SERIES, "month"),
            months_between,
            zero(
                "opening_is_previous_closing",
                "A customer's month opens with what the month before closed with.",
                pl.col("opening") - pl.col("previous"),
                shows=("customer_id", "month", "opening", "previous"),
            ),
        ),
        grain(
            ("customer_id",),
            customers,
            holds(
                "customer_is_new_once",
                "A customer is new in one month only.",
                pl.col("months_new") <= 1,
                shows=("customer_id", "months_new"),
            ),
        ),
    ),
)
