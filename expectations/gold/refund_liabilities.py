"""Refund liabilities: they roll, they continue, and all of them are the trial balance's."""

from __future__ import annotations

import polars as pl

from expectations.calendars import ENTITIES, is_period, with_calendar
from expectations.controls import total
from expectations.expectation import holds, warns, zero
from expectations.suite import Context, Read, gold_suite, grain
from lakehouse.tables import gold

BOOK = ["book", "legal_entity_id", "currency"]
SERIES = [*BOOK, "contract_id", "product_id"]
MOVEMENTS = ("expected", "given_back", "adjusted")


def with_previous(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each row with what the one before it closed with; zero where there is none."""
    previous = (
        pl.col(column).shift(1, fill_value=0).over(SERIES, order_by="accounting_period").alias(f"previous_{column}")
        for column in ("closing", "asset_closing")
    )
    return with_calendar(rows.with_columns(previous), context)


def against_trial_balance(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Each period, of either, with what moved here and what moved in the accounts of the trial balance."""
    keys = [*BOOK, "accounting_period"]
    balances = context[gold.TRIAL_BALANCE.qualified_name]
    moved = pl.col("debit") - pl.col("credit")
    posted = balances.group_by(keys).agg(
        posted=-moved.filter(pl.col("account") == "RefundLiability").sum(),
        asset_posted=moved.filter(pl.col("account") == "ReturnAsset").sum(),
    )
    here = rows.group_by(keys).agg(moved=total(*MOVEMENTS).sum(), asset_moved=pl.col("asset_moved").sum())
    columns = ("moved", "asset_moved", "posted", "asset_posted")
    return here.join(posted, on=keys, how="full", coalesce=True).with_columns(pl.col(columns).fill_null(0))


SUITE = gold_suite(
    gold.REFUND_LIABILITIES,
    zero(
        "liability_rolls_forward",
        "Opening plus what is expected, given back and adjusted is closing.",
        pl.col("opening") + total(*MOVEMENTS) - pl.col("closing"),
        shows=("accounting_period", "opening", *MOVEMENTS, "closing"),
    ),
    zero(
        "liability_opening_is_previous_closing",
        "A row opens with what the one before it closed with.",
        pl.col("opening") - pl.col("previous_closing"),
        shows=("accounting_period", "opening", "previous_closing"),
    ),
    zero(
        "asset_rolls_forward",
        "The goods expected back at the start and what moved of them are those at the end.",
        pl.col("asset_opening") + pl.col("asset_moved") - pl.col("asset_closing"),
        shows=("accounting_period", "asset_opening", "asset_moved", "asset_closing"),
    ),
    zero(
        "asset_opening_is_previous_closing",
        "A row opens with the goods that the one before it closed with.",
        pl.col("asset_opening") - pl.col("previous_asset_closing"),
        shows=("accounting_period", "asset_opening", "previous_asset_closing"),
    ),
    warns(
        holds(
            "nothing_below_zero",
            "No more is given back, and no more goods return, than was expected.",
            (pl.col("closing") >= 0) & (pl.col("asset_closing") >= 0),
            shows=("contract_id", "product_id", "closing", "asset_closing"),
        )
    ),
    holds(
        "periods_are_periods",
        "Periods begin a month, or weeks where the entity counts by weeks.",
        is_period("accounting_period"),
        shows=("accounting_period",),
    ),
    prepare=with_previous,
    grains=(
        grain(
            (*BOOK, "accounting_period"),
            against_trial_balance,
            zero(
                "liability_is_of_the_trial_balance",
                "What moved in refund liabilities is what moved in the account.",
                pl.col("moved") - pl.col("posted"),
                shows=("accounting_period", "moved", "posted"),
            ),
            zero(
                "asset_is_of_the_trial_balance",
                "What moved in the goods expected back is what moved in the account.",
                pl.col("asset_moved") - pl.col("asset_posted"),
                shows=("accounting_period", "asset_moved", "asset_posted"),
            ),
        ),
    ),
    reads=(Read(gold.TRIAL_BALANCE, (*BOOK, "accounting_period", "account", "debit", "credit")), ENTITIES),
)
