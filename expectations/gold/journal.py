"""The journal: every entry balances, in accounts of the chart, in open periods, and never overdraws what was deferred."""

from __future__ import annotations

import polars as pl

from expectations.calendars import ENTITIES, is_period, with_calendar
from expectations.chart import CASH_KINDS, CHART, DEFERRED
from expectations.controls import is_whole, units, within
from expectations.expectation import holds, warns, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold, ops

ENTRY = ("entry_id", "book", "legal_entity_id", "currency", "functional_currency", "accounting_period")
BOOKS = ["book", "legal_entity_id", "module"]
NO_OBLIGATION = "-"


def with_closes(lines: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each line with `closed_at`, when its accounting period was closed; empty while it is open.

    Periods close in order, so the close of a month closes those before it.
    """
    log = context[ops.PERIOD_LOG.qualified_name].sort("sequence")
    state = log.group_by(*BOOKS, closed_period="period").agg(pl.col("action", "recorded_at").last())
    closed = state.filter(action="close").select(*BOOKS, "closed_period", closed_at="recorded_at").sort("closed_period")
    module = pl.when(pl.col("event_kind").is_in(CASH_KINDS)).then(pl.lit("cash")).otherwise(pl.lit("revenue"))
    found = with_calendar(lines, context).with_columns(module=module)
    return found.sort("accounting_period").join_asof(
        closed,
        left_on="accounting_period",
        right_on="closed_period",
        by=BOOKS,
        strategy="forward",
        check_sortedness=False,
    )


def entries(lines: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each entry with the `balance` of its lines, and that of their functional amounts."""
    return lines.group_by(ENTRY).agg(balance=pl.col("amount").sum(), functional_balance=pl.col("functional_amount").sum())


def deferrals(lines: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each obligation that the new lines touch with `deferred`, its credit balance in the whole journal, and its price."""
    touched = lines.filter(pl.col("obligation_id") != NO_OBLIGATION).select("book", "obligation_id").unique()
    posted = (
        context[gold.JOURNAL.qualified_name]
        .filter(account=DEFERRED)
        .group_by("book", "obligation_id")
        .agg(deferred=-pl.col("amount").sum())
    )
    price = context[gold.OBLIGATIONS.qualified_name].select("obligation_id", "allocated_amount")
    return (
        touched.join(posted, on=["book", "obligation_id"], how="left")
        .join(price, on="obligation_id", how="left")
        .with_columns(pl.col("deferred", "allocated_amount").fill_null(0))
    )


SUITE = gold_suite(
    gold.JOURNAL,
    holds("account_in_chart", "Lines post to accounts of the chart.", pl.col("account").is_in(CHART), shows=("account",)),
    holds(
        "posted_not_before_earned",
        "A line is posted in the period in which it was earned or later.",
        pl.col("accounting_period") >= pl.col("service_period"),
        shows=("entry_id", "service_period", "accounting_period"),
    ),
    holds(
        "periods_are_months",
        "Periods begin a month, or weeks where the entity counts by weeks.",
        is_period("service_period") & is_period("accounting_period"),
        shows=("service_period", "accounting_period"),
    ),
    holds(
        "period_was_open",
        "Nothing is posted to a closed period.",
        pl.col("booked_at") <= pl.col("closed_at"),
        shows=("entry_id", "accounting_period", "booked_at", "closed_at"),
    ),
    holds(
        "functional_amount_in_whole_minor_units",
        "Functional amounts are whole minor units of the functional currency.",
        is_whole("functional_amount", "functional_currency"),
        shows=("functional_currency", "functional_amount"),
    ),
    holds(
        "own_currency_is_not_translated",
        "In the functional currency itself an amount is its functional amount.",
        (pl.col("currency") != pl.col("functional_currency")) | (pl.col("amount") == pl.col("functional_amount")),
        shows=("entry_id", "currency", "amount", "functional_amount"),
    ),
    holds(
        "posted_within_its_period",
        "A line is posted on a day of its accounting period: not before it begins.",
        (pl.col("posted_on") >= pl.col("accounting_period"))
        & (pl.col("posted_on") <= pl.col("accounting_period").dt.offset_by("41d")),
        shows=("entry_id", "posted_on", "accounting_period"),
    ),
    warns(
        holds(
            "line_moves_money",
            "A line moves an amount other than zero.",
            (pl.col("amount") != 0) | (pl.col("functional_amount") != 0),
            shows=("entry_id",),
        )
    ),
    prepare=with_closes,
    grains=(
        grain(
            ENTRY,
            entries,
            zero(
                "entry_sums_to_zero",
                "The debits of an entry equal its credits, in each currency and accounting period.",
                pl.col("balance"),
                shows=("entry_id", "currency", "balance"),
            ),
            zero(
                "entry_sums_to_zero_in_functional_currency",
                "The debits of an entry equal its credits in the functional currency too.",
                pl.col("functional_balance"),
                shows=("entry_id", "functional_currency", "functional_balance"),
            ),
        ),
        grain(
            ("book", "obligation_id"),
            deferrals,
            holds(
                "released_within_price",
                "No more of an obligation is released from deferred revenue than was deferred, its price.",
                within(units(pl.col("deferred")), units(pl.col("allocated_amount"))),
                shows=("obligation_id", "deferred", "allocated_amount"),
            ),
        ),
    ),
    reads=(
        ENTITIES,
        Read(ops.PERIOD_LOG, tuple(ops.PERIOD_LOG.column_names)),
        Read(gold.JOURNAL, ("book", "obligation_id", "account", "amount"), on=(("obligation_id", "obligation_id"),)),
        Read(gold.OBLIGATIONS, ("obligation_id", "allocated_amount"), on=(("obligation_id", "obligation_id"),)),
    ),
    whole=False,
)
