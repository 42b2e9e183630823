"""Credit notes that change the price of a contract.

What is billed and what was agreed are two things: a note about an error of billing, about tax or about what is cancelled or
returned puts the bill right and leaves the price, which the lines of the contract and the estimates tell. Two reasons do
change the price, as far as it was not expected by an estimate (a price concession, a negative variable amount, what is
payable to the customer), which they use up:

* a concession changes the contract (ASC 606-10-25-10, IFRS 15.18): prospective for what remains and is distinct, caught up
  for what is not, or is done;
* a rebate is a change of the price that was promised from the start, caught up (32-42 to 45, 87 to 90).

A note of a contract that was renewed changes what its first promises were allocated.
"""

from __future__ import annotations

import polars as pl

from assets.facts.observed import Observed
from assets.money.rounding import share
from assets.recognition.credit_notes import PROSPECTIVE, REBATE, with_treatment

KIND = "credit_note"
_EXPECTED = ("price_concession", "variable_consideration", "consideration_payable")
_SCHEMA = pl.Schema({"lead_id": pl.String(), "document_id": pl.String(), "day": pl.Date(), "given": pl.Int64()})


def price_notes(observed: Observed, contracts: pl.DataFrame) -> pl.DataFrame:
    """Concessions and rebates on invoices of these contracts: lead_id, document_id, day, given (net, minor units),
    conceded (whether it is a concession)."""
    if observed.credit_notes.is_empty():
        return pl.DataFrame(schema={**_SCHEMA, "conceded": pl.Boolean()})
    net = observed.lines.group_by("document_id").agg(net=pl.col("amount").sum())
    ours = observed.invoices.join(contracts.select("contract_id", "lead_id"), on="contract_id").join(net, on="document_id")
    of_invoice = ours.select("lead_id", "net", "contract_id", corrects_document_id="document_id", billed="total")
    notes = (
        observed.credit_notes.drop("contract_id").join(of_invoice, on="corrects_document_id").filter(pl.col("billed") != 0)
    )
    told = with_treatment(notes, observed.policies).with_columns(conceded=pl.col("treatment") == PROSPECTIVE)
    changing = told.filter(pl.col("conceded") | (pl.col("reason_code") == REBATE).fill_null(False))
    given = share(pl.col("total"), pl.col("net"), pl.col("billed"))
    return changing.select("lead_id", "document_id", "conceded", day="booked_on", given=given).select(*_SCHEMA, "conceded")


def credited(notes: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """What each note takes off the price beyond what was expected, on each day on which that changes.

    `amounts`: estimates (lead_id, component, kind, day, value). Returns their columns; a note is a component.
    """
    ordered = notes.sort("lead_id", "day", "document_id").with_columns(to_date=pl.col("given").cum_sum().over("lead_id"))
    expected = amounts.filter(pl.col("kind").is_in(_EXPECTED)).join(
        notes.select("lead_id").unique(), on="lead_id", how="semi"
    )
    days = pl.concat([notes.select("lead_id", "day"), expected.select("lead_id", "day")]).unique()
    grid = days.join(_expected_by(days, expected), on=["lead_id", "day"], how="left").with_columns(
        pl.col("expected").fill_null(0)
    )
    rows = ordered.rename({"day": "from_day"}).join(grid, on="lead_id").filter(pl.col("day") >= pl.col("from_day"))
    beyond = (pl.col("to_date") - pl.col("expected")).clip(0)
    before = (pl.col("to_date") - pl.col("given") - pl.col("expected")).clip(0)
    return rows.with_columns(value=before - beyond).select(
        "lead_id",
        component=pl.concat_str(pl.lit(f"{KIND}|"), "document_id"),
        target=pl.lit(None, pl.String),
        kind=pl.lit(KIND),
        day="day",
        value="value",
    )


def _expected_by(days: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """`expected` to be taken off the price, by the estimates in force on each day."""
    of_each = days.join(expected.select("lead_id", "component").unique(), on="lead_id").sort("day")
    told = expected.select("component", "day", "value").sort("day")
    held = of_each.join_asof(told, on="day", by="component", strategy="backward", check_sortedness=False)
    lowering = (-pl.col("value").fill_null(0)).clip(0)
    return held.with_columns(lowering=lowering).group_by("lead_id", "day").agg(expected=pl.col("lowering").sum())
