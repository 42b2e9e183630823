"""The trial balance: it rolls, it continues, debits equal credits, and it is the journal's."""

from __future__ import annotations

import polars as pl

from expectations.calendars import ENTITIES, is_period, with_calendar
from expectations.expectation import holds, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

ACCOUNT = ["book", "legal_entity_id", "account", "currency", "functional_currency"]
PERIOD = ["book", "legal_entity_id", "currency", "accounting_period"]


def with_previous(balances: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each balance with `previous`, the closing of the same account before; zero where there is none."""
    previous = pl.col("closing").shift(1, fill_value=0).over(ACCOUNT, order_by="accounting_period")
    return with_calendar(balances.with_columns(previous=previous), context)


def periods(balances: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each period with the `difference` of debits and credits over all accounts, and what all are worth together."""
    return balances.group_by(PERIOD).agg(
        difference=(pl.col("debit") - pl.col("credit")).sum(), functional=pl.col("functional_closing").sum()
    )


def against_journal(balances: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each account and period, of either, with what moved here (`moved`) and in the journal (`posted`)."""
    posted = context[gold.JOURNAL.qualified_name].group_by(*ACCOUNT, "accounting_period").agg(posted=pl.col("amount").sum())
    moved = balances.select(*ACCOUNT, "accounting_period", moved=pl.col("debit") - pl.col("credit"))
    return moved.join(posted, on=[*ACCOUNT, "accounting_period"], how="full", coalesce=True).with_columns(
        pl.col("moved", "posted").fill_null(0)
    )


SUITE = gold_suite(
    gold.TRIAL_BALANCE,
    zero(
        "balance_rolls_forward",
        "Opening plus debits less credits is closing.",
        pl.col("opening") + pl.col("debit") - pl.col("credit") - pl.col("closing"),
        shows=("account", "accounting_period", "opening", "debit", "credit", "closing"),
    ),
    zero(
        "opening_is_previous_closing",
        "An account opens with what it closed with before.",
        pl.col("opening") - pl.col("previous"),
        shows=("account", "accounting_period", "opening", "previous"),
    ),
    holds(
        "debits_and_credits_not_negative",
        "Debits and credits are sums of nothing or more.",
        (pl.col("debit") >= 0) & (pl.col("credit") >= 0),
        shows=("account", "accounting_period", "debit", "credit"),
    ),
    holds(
        "periods_are_months",
        "Periods begin a month, or weeks where the entity counts by weeks.",
        is_period("accounting_period"),
    ),
    prepare=with_previous,
    grains=(
        grain(
            tuple(PERIOD),
            periods,
            zero(
                "debits_equal_credits",
                "Debits equal credits in each period and currency, so all balances sum to zero.",
                pl.col("difference"),
                shows=("accounting_period", "currency", "difference"),
            ),
            zero(
                "functional_balances_sum_to_zero",
                "All balances of a period and currency sum to zero in the functional currency too.",
                pl.col("functional"),
                shows=("accounting_period", "currency", "functional"),
            ),
        ),
        grain(
            (*ACCOUNT, "accounting_period"),
            against_journal,
            zero(
                "balance_is_of_the_journal",
                "What moved in an account is what the journal posted to it.",
                pl.col("moved") - pl.col("posted"),
                shows=("account", "accounting_period", "moved", "posted"),
            ),
        ),
    ),
    reads=(Read(gold.JOURNAL, (*ACCOUNT, "accounting_period", "amount")), ENTITIES),
)
