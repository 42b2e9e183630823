"""The hand-over to a general ledger: every batch balances, and nothing of the journal is left out or counted twice."""

from __future__ import annotations

import polars as pl

from expectations.expectation import holds, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

ACCOUNT = ["book", "legal_entity_id", "account", "currency", "accounting_period"]


def batches(rows: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each batch with what its debits exceed its credits by, in both currencies."""
    return rows.group_by("batch_id").agg(
        difference=(pl.col("debit") - pl.col("credit")).sum(),
        functional_difference=(pl.col("functional_debit") - pl.col("functional_credit")).sum(),
    )


def against_journal(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each account and period, of either, with what is handed over and what was posted."""
    posted = context[gold.JOURNAL.qualified_name].group_by(ACCOUNT).agg(posted=pl.col("amount").sum())
    here = rows.group_by(ACCOUNT).agg(handed_over=(pl.col("debit") - pl.col("credit")).sum())
    return here.join(posted, on=ACCOUNT, how="full", coalesce=True).with_columns(
        pl.col("handed_over", "posted").fill_null(0)
    )


SUITE = gold_suite(
    gold.GL_EXPORT,
    holds(
        "debit_or_credit",
        "A line has a debit or a credit, neither below nothing.",
        (pl.col("debit") >= 0) & (pl.col("credit") >= 0) & ((pl.col("debit") == 0) | (pl.col("credit") == 0)),
        shows=("batch_id", "account", "debit", "credit"),
    ),
    grains=(
        grain(
            ("batch_id",),
            batches,
            zero(
                "batch_balances",
                "The debits of a batch equal its credits.",
                pl.col("difference"),
                shows=("batch_id", "difference"),
            ),
            zero(
                "batch_balances_in_functional_currency",
                "The debits of a batch equal its credits in the functional currency too.",
                pl.col("functional_difference"),
                shows=("batch_id", "functional_difference"),
            ),
        ),
        grain(
            tuple(ACCOUNT),
            against_journal,
            zero(
                "export_is_the_journal",
                "What is handed over of an account is what the journal posted to it.",
                pl.col("handed_over") - pl.col("posted"),
                shows=("account", "accounting_period", "handed_over", "posted"),
            ),
        ),
    ),
    reads=(Read(gold.JOURNAL, (*ACCOUNT, "amount")),),
)
