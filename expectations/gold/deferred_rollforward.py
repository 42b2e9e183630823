"""The roll-forward of deferred revenue: it rolls, it continues, and it is the journal's."""

from __future__ import annotations

import polars as pl

from expectations.calendars import ENTITIES, is_period, with_calendar
from expectations.chart import DEFERRED
from expectations.controls import total
from expectations.expectation import holds, warns, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

SERIES = ["book", "legal_entity_id", "currency"]
RELEASES = ("recognised", "refunded", "credited", "disputed", "voided", "written_off", "excluded")
MOVEMENTS = ("billed", *RELEASES, "manual", "taken_over")


def with_previous(months: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each month with `previous`, the closing before it; zero where there is none."""
    previous = pl.col("closing").shift(1, fill_value=0).over(SERIES, order_by="accounting_period")
    return with_calendar(months.with_columns(previous=previous), context)


def against_journal(months: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each month, of either, with what moved here (`moved`) and in the journal's deferred revenue (`posted`)."""
    keys = [*SERIES, "accounting_period"]
    journal = context[gold.JOURNAL.qualified_name].filter(account=DEFERRED)
    posted = journal.group_by(keys).agg(posted=-pl.col("amount").sum())
    moved = months.select(*keys, moved=total(*MOVEMENTS))
    return moved.join(posted, on=keys, how="full", coalesce=True).with_columns(pl.col("moved", "posted").fill_null(0))


SUITE = gold_suite(
    gold.DEFERRED_ROLLFORWARD,
    zero(
        "deferred_rolls_forward",
        "Opening plus what was billed, earned and taken back is closing.",
        pl.col("opening") + total(*MOVEMENTS) - pl.col("closing"),
        shows=("accounting_period", "opening", *MOVEMENTS, "closing"),
    ),
    zero(
        "opening_is_previous_closing",
        "A month opens with what the month before closed with.",
        pl.col("opening") - pl.col("previous"),
        shows=("accounting_period", "opening", "previous"),
    ),
    warns(
        holds(
            "releases_are_negative",
            "What is earned or taken back lowers deferred revenue (credit lines aside).",
            pl.all_horizontal(pl.col(c) <= 0 for c in RELEASES),
            shows=("accounting_period", *RELEASES),
        )
    ),
    holds(
        "periods_are_months",
        "Periods begin a month, or weeks where the entity counts by weeks.",
        is_period("accounting_period"),
    ),
    prepare=with_previous,
    grains=(
        grain(
            (*SERIES, "accounting_period"),
            against_journal,
            zero(
                "rollforward_is_of_the_journal",
                "What moved in deferred revenue is what the journal posted to it.",
                pl.col("moved") - pl.col("posted"),
                shows=("accounting_period", "moved", "posted"),
            ),
        ),
    ),
    reads=(Read(gold.JOURNAL, (*SERIES, "accounting_period", "account", "amount")), ENTITIES),
)
