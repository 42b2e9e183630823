"""Revenue by month: gross and what was taken back make net, and all of it is the journal's."""

from __future__ import annotations

import polars as pl

from expectations.calendars import ENTITIES, is_period, with_calendar
from expectations.chart import CONTRA, REVENUE
from expectations.expectation import holds, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

MONTH = ["book", "legal_entity_id", "currency", "accounting_period"]


def against_journal(months: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each month, of either, with revenue here and what the journal credited to revenue and debited against it."""
    posted = (
        context[gold.JOURNAL.qualified_name]
        .filter(pl.col("account").is_in([REVENUE, *CONTRA]))
        .group_by(MONTH)
        .agg(
            posted_gross=-pl.col("amount").filter(pl.col("account") == REVENUE).sum(),
            posted_contra=-pl.col("amount").filter(pl.col("account") != REVENUE).sum(),
        )
    )
    here = months.select(*MONTH, "gross_revenue", "contra_revenue")
    return here.join(posted, on=MONTH, how="full", coalesce=True).with_columns(
        pl.col("gross_revenue", "contra_revenue", "posted_gross", "posted_contra").fill_null(0)
    )


SUITE = gold_suite(
    gold.REVENUE_BY_MONTH,
    zero(
        "gross_and_contra_make_net",
        "Gross revenue plus what was taken back is net revenue.",
        pl.col("gross_revenue") + pl.col("contra_revenue") - pl.col("net_revenue"),
        shows=("accounting_period", "gross_revenue", "contra_revenue", "net_revenue"),
    ),
    holds(
        "periods_are_months",
        "Periods begin a month, or weeks where the entity counts by weeks.",
        is_period("accounting_period"),
    ),
    prepare=with_calendar,
    grains=(
        grain(
            tuple(MONTH),
            against_journal,
            zero(
                "gross_revenue_is_of_the_journal",
                "Gross revenue is what the journal credited to revenue.",
                pl.col("gross_revenue") - pl.col("posted_gross"),
                shows=("accounting_period", "gross_revenue", "posted_gross"),
            ),
            zero(
                "contra_revenue_is_of_the_journal",
                "What was taken back is what the journal posted to refunds, credit notes, disputes, voids and bad debt.",
                pl.col("contra_revenue") - pl.col("posted_contra"),
                shows=("accounting_period", "contra_revenue", "posted_contra"),
            ),
        ),
    ),
    reads=(Read(gold.JOURNAL, (*MONTH, "account", "amount")), ENTITIES),
)
