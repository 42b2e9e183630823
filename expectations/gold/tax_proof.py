"""Tax is no part of revenue: what was invoiced is price and tax, and what is owed rolls forward."""

from __future__ import annotations

import polars as pl

from expectations.expectation import zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

OF = ["book", "legal_entity_id", "currency"]


def with_previous(months: pl.DataFrame, _: Context) -> pl.DataFrame:
    """Each period with `previous`, what was owed at the end of the one before."""
    previous = pl.col("tax_owed").shift(1, fill_value=0).over(OF, order_by="accounting_period")
    return months.with_columns(previous=previous)


def against_journal(months: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each set of books, of either, with what is owed at the end here and in the journal."""
    lines = context[gold.JOURNAL.qualified_name].filter(account="TaxLiability")
    posted = lines.group_by(OF).agg(posted=-pl.col("amount").sum())
    here = months.sort("accounting_period").group_by(OF).agg(pl.col("tax_owed").last())
    return here.join(posted, on=OF, how="full", coalesce=True).with_columns(pl.col("tax_owed", "posted").fill_null(0))


SUITE = gold_suite(
    gold.TAX_PROOF,
    zero(
        "invoiced_is_price_and_tax",
        "What was invoiced is the price of the lines and tax: no tax went to revenue, no price to tax.",
        pl.col("invoiced") - pl.col("net") - pl.col("tax"),
        shows=("accounting_period", "invoiced", "net", "tax"),
    ),
    zero(
        "tax_owed_rolls_forward",
        "Tax owed before, plus tax invoiced, less tax taken back or remitted, is tax owed.",
        pl.col("previous") + pl.col("tax") + pl.col("tax_taken_back") + pl.col("tax_remitted") - pl.col("tax_owed"),
        shows=("accounting_period", "previous", "tax", "tax_taken_back", "tax_remitted", "tax_owed"),
    ),
    prepare=with_previous,
    grains=(
        grain(
            tuple(OF),
            against_journal,
            zero(
                "tax_owed_is_of_the_journal",
                "Tax owed at the end is the balance of TaxLiability in the journal.",
                pl.col("tax_owed") - pl.col("posted"),
                shows=("tax_owed", "posted"),
            ),
        ),
    ),
    reads=(Read(gold.JOURNAL, (*OF, "account", "amount")),),
)
