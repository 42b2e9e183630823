"""The schedule: every obligation becomes revenue to the last minor unit, and never more of it than its price."""

from __future__ import annotations

import polars as pl

from expectations.calendars import ENTITIES, is_period, with_calendar
from expectations.controls import units, within
from expectations.expectation import holds, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold


def with_price(schedule: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each month with the obligation's `allocated_amount` and `to_date`, what is recognised by the end of it."""
    # The price of a contract changes with its estimates: what was recognised before may be more than what it is today.
    fixed = pl.col("document_id") != "-"
    price = context[gold.OBLIGATIONS.qualified_name].select("obligation_id", "allocated_amount", fixed=fixed)
    to_date = pl.col("amount").cum_sum().over("obligation_id", order_by=["accounting_period", "service_period"])
    by_period = pl.col("to_date").last().over("obligation_id", "accounting_period", order_by="service_period")
    return (
        with_calendar(schedule, context)
        .with_columns(to_date=to_date)
        .with_columns(to_date=by_period)
        .join(price, on="obligation_id", how="left", maintain_order="left")
    )


def obligations(schedule: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each obligation, scheduled or not, with what is scheduled, what should be, and what is deferred at the end."""
    scheduled = schedule.group_by("obligation_id").agg(
        scheduled=pl.col("amount").sum(),
        deferred_at_end=pl.col("deferred_after").sort_by("service_period", "accounting_period").last(),
    )
    promised = context[gold.OBLIGATIONS.qualified_name].select(
        "obligation_id", promised=pl.col("allocated_amount") - pl.col("returned_amount") - pl.col("unscheduled_amount")
    )
    return promised.join(scheduled, on="obligation_id", how="full", coalesce=True).with_columns(
        pl.col("scheduled", "promised", "deferred_at_end").fill_null(0)
    )


SUITE = gold_suite(
    gold.RECOGNITION_SCHEDULE,
    holds(
        "posted_not_before_earned",
        "Revenue posts in the month in which it is earned or later.",
        pl.col("accounting_period") >= pl.col("service_period"),
        shows=("obligation_id", "service_period", "accounting_period"),
    ),
    holds(
        "periods_are_months",
        "Periods begin a month, or weeks where the entity counts by weeks.",
        is_period("service_period") & is_period("accounting_period"),
        shows=("service_period", "accounting_period"),
    ),
    holds(
        "recognised_within_price",
        "What is recognised of an invoice line is never more than its price.",
        ~pl.col("fixed") | within(units(pl.col("to_date")), units(pl.col("allocated_amount"))),
        shows=("obligation_id", "accounting_period", "to_date", "allocated_amount"),
    ),
    holds(
        "deferred_within_price",
        "What is still deferred of an invoice line is between nothing and its price.",
        ~pl.col("fixed") | within(units(pl.col("deferred_after")), units(pl.col("allocated_amount"))),
        shows=("obligation_id", "service_period", "deferred_after", "allocated_amount"),
    ),
    prepare=with_price,
    grains=(
        grain(
            ("obligation_id",),
            obligations,
            zero(
                "schedule_sums_to_price",
                "The schedule of an obligation sums to its price, less what was taken back and what no month is known for.",
                pl.col("scheduled") - pl.col("promised"),
                shows=("obligation_id", "scheduled", "promised"),
            ),
            zero(
                "nothing_deferred_at_end",
                "After its last month nothing of an obligation is deferred.",
                pl.col("deferred_at_end"),
                shows=("obligation_id", "deferred_at_end"),
            ),
        ),
    ),
    reads=(
        Read(
            gold.OBLIGATIONS,
            ("obligation_id", "document_id", "allocated_amount", "returned_amount", "unscheduled_amount"),
        ),
        ENTITIES,
    ),
)
