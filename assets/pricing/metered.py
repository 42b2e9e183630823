"""Promises whose price is not known in advance: what is used or delivered, at the price of a unit.

The amount goes to what was used in the period, wholly (ASC 606-10-32-40, IFRS 15.85; the right to invoice, 606-10-55-18,
B16; sales- and usage-based royalties when they occur, 606-10-55-65, B63). Late usage changes the period in which it
happened.

* The price of a unit may depend on the volume: a price of the product with `from_quantity` holds for **every** unit once
  the expected volume (estimate `volume`) or the volume to date reaches it; a change of it is caught up (Example 24).
* What an agent owes of it may depend on the volume too (`assets.pricing.commission`).
* A meter may count the last or the largest reading instead of the sum (policy `usage_aggregation`).
* A royalty that is priced out of line with its standalone price is shared with the other promises like any variable amount
  (Example 35, Case B): `royalty_amounts`.
"""

from __future__ import annotations

import polars as pl

from assets.contracts.policies import SCOPES_OF_LINE, with_choice
from assets.facts.agreed import Agreed
from assets.facts.state import ORDER
from assets.money.products import as_integer, times
from assets.obligations.performed_by import Performed
from assets.pricing.commission import with_owed

AGGREGATION_POLICY = "usage_aggregation"
AGGREGATIONS = ("sum", "last", "max")


def metered_to_date(lines: pl.DataFrame, agreed: Agreed, policies: pl.DataFrame) -> pl.DataFrame:
    """What metered lines have earned to date, and owe to a principal, for each day on which it changed: lead_id,
    obligation_id, day, earned, owed.

    `lines`: one row a line in its latest state, with unit_price (10^-12) and per_minor; minor units.
    """
    counted = _quantities(lines, agreed, policies)
    days = pl.concat([counted.select("line_id", "day"), _volume_days(lines, agreed)]).unique().sort("day")
    by_line = lines.drop("day").join(days, on="line_id").sort("day")
    held = by_line.join_asof(
        counted.sort("day"), on="day", by="line_id", strategy="backward", check_sortedness=False
    ).with_columns(pl.col("to_date").fill_null(0))
    priced = with_owed(_priced(held, agreed), agreed.prices, policies)
    earned = times(pl.col("unit"), pl.col("to_date")) - pl.col("owed")
    return priced.select("lead_id", "obligation_id", "day", earned=earned, owed="owed").sort("day")


def _quantities(lines: pl.DataFrame, agreed: Agreed, policies: pl.DataFrame) -> pl.DataFrame:
    """`to_date` (10^-12) by line and day, added up as the meter counts."""
    of_line = lines.select(
        "line_id", "contract_id", "method", "legal_entity_id", "product_id", "obligation_id", "issued_at"
    )
    how = with_choice(
        of_line, policies, AGGREGATION_POLICY, AGGREGATIONS, "sum", into="aggregation", scopes=SCOPES_OF_LINE
    ).select("line_id", "contract_id", "method", "aggregation")
    alone = how.filter(pl.len().over("contract_id") == 1).select("contract_id", only="line_id")
    used = agreed.usage.with_columns(done_by=pl.lit(Performed.USAGE.value), signed=as_integer(pl.col("quantity")))
    delivered = agreed.performance.filter(pl.col("kind").is_in(["delivery", "return", "units"])).with_columns(
        done_by=pl.lit(Performed.DELIVERY.value),
        signed=as_integer(pl.col("quantity")) * pl.when(pl.col("kind") == "return").then(-1).otherwise(1),
    )
    columns = ["contract_id", "contract_line_id", "done_by", "signed", "day", *ORDER]
    rows = pl.concat([used.select(columns), delivered.select(columns)]).join(alone, on="contract_id", how="left")
    named = rows.with_columns(line_id=pl.coalesce("contract_line_id", "only")).join(how.drop("contract_id"), on="line_id")
    ours = named.filter((pl.col("method") == pl.col("done_by")) | (pl.col("done_by") == Performed.USAGE.value))
    running = ours.sort(ORDER, nulls_last=False).with_columns(
        to_date=pl.when(pl.col("aggregation") == "last")
        .then("signed")
        .when(pl.col("aggregation") == "max")
        .then(pl.col("signed").cum_max().over("line_id"))
        .otherwise(pl.col("signed").cum_sum().over("line_id")),
        volume=pl.col("signed").cum_sum().over("line_id"),
    )
    return running.group_by("line_id", "day", maintain_order=True).agg(pl.col("to_date", "volume").last())


def _volume_days(lines: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    expected = agreed.estimates.filter((pl.col("kind") == "volume") & (pl.col("operation") == "assert"))
    return expected.select(line_id="scope", day="day").join(lines, on="line_id", how="semi")


def _priced(held: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
    """`unit`: what the customer pays for a unit on the day, by the volume expected or `reached`."""
    expected = agreed.estimates.filter((pl.col("kind") == "volume") & (pl.col("operation") == "assert")).select(
        line_id="scope", day="day", expected=as_integer(pl.col("value"))
    )
    rows = held.join_asof(expected.sort("day"), on="day", by="line_id", strategy="backward", check_sortedness=False)
    reached = pl.max_horizontal(pl.col("volume").fill_null(0), pl.col("expected").fill_null(0))
    tiers = agreed.prices.filter(pl.col("purpose") == "list").drop_nulls(["from_quantity", "unit_amount", "product_id"])
    steps = tiers.select(
        "product_id", "currency", begins=as_integer(pl.col("from_quantity")), tier=as_integer(pl.col("unit_amount"))
    )
    numbered = rows.with_columns(reached=reached).with_row_index("_row")
    open_steps = numbered.join(steps, on=["product_id", "currency"]).filter(pl.col("begins") <= pl.col("reached"))
    best = open_steps.sort("begins").group_by("_row", maintain_order=True).agg(pl.col("tier").last())
    found = numbered.join(best, on="_row", how="left", maintain_order="left")
    # The price of a line is what is left of it for an agent.
    whole = pl.col("unit_price") + pl.col("owed_per_unit")
    return found.with_columns(unit=pl.coalesce("tier", whole, pl.lit(0, pl.Int128)))
