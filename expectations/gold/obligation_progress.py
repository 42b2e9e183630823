"""How far obligations are performed: between nothing and all, and the margin adds up."""

from __future__ import annotations

import polars as pl

from expectations.calendars import BEGINS, ENTITIES, with_calendars
from expectations.expectation import holds, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold


def against_schedule(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each obligation with its revenue to date at the end, here and as the schedule sums to."""
    last = rows.sort("month").group_by("obligation_id", maintain_order=True).agg(to_date=pl.col("revenue_to_date").last())
    scheduled = (
        context[gold.RECOGNITION_SCHEDULE.qualified_name].group_by("obligation_id").agg(scheduled=pl.col("amount").sum())
    )
    return last.join(scheduled, on="obligation_id", how="left").with_columns(pl.col("scheduled").fill_null(0))


SUITE = gold_suite(
    gold.OBLIGATION_PROGRESS,
    holds(
        "progress_is_a_share",
        "Progress is between nothing and all.",
        pl.col("progress").is_between(0, 1),
        shows=("obligation_id", "month", "progress"),
    ),
    zero(
        "revenue_and_cost_make_margin",
        "Revenue less cost is the margin.",
        pl.col("revenue_to_date") - pl.col("cost_to_date") - pl.col("margin_to_date"),
        shows=("obligation_id", "month", "revenue_to_date", "cost_to_date", "margin_to_date"),
    ),
    holds(
        "months_are_months",
        "A month, or the weeks that an entity keeps in its stead, is named by its first day.",
        pl.col(BEGINS),
        shows=("month",),
    ),
    prepare=with_calendars,
    grains=(
        grain(
            ("obligation_id",),
            against_schedule,
            zero(
                "revenue_to_date_is_of_the_schedule",
                "What an obligation earned to the end is what its schedule sums to.",
                pl.col("to_date") - pl.col("scheduled"),
                shows=("obligation_id", "to_date", "scheduled"),
            ),
        ),
    ),
    reads=(ENTITIES, Read(gold.RECOGNITION_SCHEDULE, ("obligation_id", "amount"))),
)
