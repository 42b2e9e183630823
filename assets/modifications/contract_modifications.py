"""gold.contract_modifications: changes of contracts, how each is accounted for, why, and what it moved."""

from __future__ import annotations

import polars as pl

from assets.modifications.treatment import CREDIT
from assets.money.conversion import to_major
from assets.money.rounding import share
from assets.recognition.contract_basis import ContractBasis
from lakehouse.tables import gold


def contract_modifications(basis: ContractBasis) -> pl.DataFrame:
    """One row a contract and day of modification."""
    if basis.modifications.is_empty() or basis.versions.is_empty():
        return gold.CONTRACT_MODIFICATIONS.empty()
    return gold.CONTRACT_MODIFICATIONS.conform(
        to_major(_measured(basis), "remaining_price", "transaction_price", "catch_up").sort("contract_id", "modified_on")
    )


def _measured(basis: ContractBasis) -> pl.DataFrame:
    modified = basis.modifications.rename({"lead_id": "contract_id", "day": "modified_on"})
    at_day = basis.versions.select(
        *("obligation_id", "currency", "promise_kind", "allocated", "base", "one_promise", "units_done", "units_in_all"),
        contract_id="lead_id",
        version="version",
    ).sort("version")
    lines = at_day.select("contract_id", "obligation_id").unique()
    days = modified.join(lines, on="contract_id").sort("modified_on")
    after = days.join_asof(
        at_day.drop("contract_id"), left_on="modified_on", right_on="version", by="obligation_id", check_sortedness=False
    ).drop_nulls("allocated")
    eve = days.select("contract_id", "modified_on", "obligation_id", eve=pl.col("modified_on").dt.offset_by("-1d"))
    before = eve.sort("eve").join_asof(
        at_day.select("obligation_id", "version", was="allocated"),
        left_on="eve",
        right_on="version",
        by="obligation_id",
        check_sortedness=False,
    )
    keys = ["contract_id", "modified_on", "obligation_id"]
    both = after.join(before.select(*keys, "was"), on=keys, how="left").with_columns(pl.col("was").fill_null(0))
    # What was performed by then of a promise that is caught up moves with its price.
    moved = share(pl.col("allocated") - pl.col("was"), pl.col("units_done"), pl.col("units_in_all").clip(1))
    caught_up = pl.when(pl.col("one_promise") | pl.col("treatment").eq("cumulative_catch_up")).then(moved).otherwise(0)
    remains = (pl.col("promise_kind") != CREDIT).fill_null(True)
    return (
        both.with_columns(caught_up=caught_up)
        .group_by("contract_id", "modified_on", "treatment", "reason", "decided_by", "currency")
        .agg(
            remaining_price=(pl.col("allocated") - pl.col("base")).filter(remains).sum(),
            transaction_price=pl.col("allocated").sum(),
            catch_up=pl.col("caught_up").sum(),
        )
    )
