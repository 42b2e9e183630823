"""The waterfall: what is recognised is the journal's, and what remains of a period's bookings is what is scheduled."""

from __future__ import annotations

import polars as pl

from expectations.calendars import ENTITIES, is_period, with_calendar
from expectations.chart import REVENUE
from expectations.expectation import holds, warns, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

OF = ["book", "legal_entity_id", "currency"]


def against_journal(cells: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each period, of either, with what is recognised here and what the journal credited to revenue for lines."""
    lines = context[gold.JOURNAL.qualified_name].filter((pl.col("account") == REVENUE) & (pl.col("obligation_id") != "-"))
    posted = lines.group_by(*OF, recognised_period="accounting_period").agg(posted=-pl.col("amount").sum())
    here = cells.group_by(*OF, "recognised_period").agg(pl.col("recognised").sum())
    return here.join(posted, on=[*OF, "recognised_period"], how="full", coalesce=True).with_columns(
        pl.col("recognised", "posted").fill_null(0)
    )


def bookings(cells: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each period of booking with what remained of it at the last movement, and what is scheduled."""
    by_period = cells.sort("recognised_period").group_by(*OF, "booked_period", maintain_order=True)
    return by_period.agg(pl.col("remaining").last(), pl.col("scheduled").sum())


SUITE = gold_suite(
    gold.REVENUE_WATERFALL,
    holds(
        "periods_are_periods",
        "Periods begin a month, or weeks where the entity counts by weeks.",
        is_period("booked_period") & is_period("recognised_period"),
        shows=("booked_period", "recognised_period"),
    ),
    holds(
        "booked_in_its_own_period",
        "A booking stands in the column of its own period.",
        (pl.col("booked") == 0) | (pl.col("booked_period") <= pl.col("recognised_period")),
        shows=("booked_period", "recognised_period", "booked"),
    ),
    prepare=with_calendar,
    grains=(
        grain(
            (*OF, "recognised_period"),
            against_journal,
            zero(
                "recognised_is_of_the_journal",
                "What is recognised in a period is what the journal credited to revenue in it.",
                pl.col("recognised") - pl.col("posted"),
                shows=("recognised_period", "recognised", "posted"),
            ),
        ),
        grain(
            (*OF, "booked_period"),
            bookings,
            warns(
                zero(
                    "remaining_is_scheduled",
                    "What remains of a period's bookings is what the schedule still has to post.",
                    pl.col("remaining") - pl.col("scheduled"),
                    shows=("booked_period", "remaining", "scheduled"),
                )
            ),
        ),
    ),
    reads=(
        Read(gold.JOURNAL, (*OF, "accounting_period", "account", "obligation_id", "amount")),
        ENTITIES,
    ),
)
