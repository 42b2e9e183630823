"""Costs of contracts: the asset rolls forward and is used up."""

from __future__ import annotations

import polars as pl

from expectations.calendars import BEGINS, ENTITIES, with_calendars
from expectations.expectation import holds, zero
from expectations.suite import Context, gold_suite, grain
from lakehouse.tables import gold


def with_previous(months: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each month with `previous`, the balance before it; zero where there is none."""
    before = pl.col("balance").shift(1, fill_value=0).over("cost_id", order_by="month")
    return with_calendars(months, context).with_columns(previous=before)


def at_the_end(months: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each cost with what is left of its asset at the end."""
    return months.group_by("cost_id").agg(left=pl.col("balance").sort_by("month").last())


SUITE = gold_suite(
    gold.CONTRACT_COSTS,
    zero(
        "cost_rolls_forward",
        "What stood before plus what was capitalised, less what was amortised and impaired, is what stands.",
        pl.col("previous") + pl.col("capitalised") - pl.col("amortised") - pl.col("impaired") - pl.col("balance"),
        shows=("cost_id", "month", "previous", "capitalised", "amortised", "impaired", "balance"),
    ),
    holds(
        "months_are_months",
        "A month, or the weeks that an entity keeps in its stead, is named by its first day.",
        pl.col(BEGINS),
        shows=("month",),
    ),
    prepare=with_previous,
    grains=(
        grain(
            ("cost_id",),
            at_the_end,
            zero(
                "cost_is_used_up",
                "After its last month nothing of a cost is left.",
                pl.col("left"),
                shows=("cost_id", "left"),
            ),
        ),
    ),
    reads=(ENTITIES,),
)
