"""A significant financing component: the price of cash on the day of transfer, and the interest between it and payment.

ASC 606-10-32-15 to 32-20, IFRS 15.60 to 65. A contract has one where an estimate `discount_rate` (a year's rate) says so;
the rate of its first telling stays (32-19, 64). What is paid n months before the transfer is worth amount * (1 + r)^(n/12)
of revenue (Example 29); what is paid n months after it, amount / (1 + r)^(n/12) (Example 26). The difference is interest,
by whole months from the day of payment to the first day of service, or of delivery where the line names no service. Up to a
year there is none (32-18, 63: the practical expedient; policy `financing_expedient`).

A power with a fraction is no fraction: each factor is computed to 28 digits and kept to twelve, once for each rate and
number of months.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

import polars as pl

from assets.contracts.policies import SCOPES_OF_CONTRACT, with_choice
from assets.facts.agreed import Agreed
from assets.money.products import ONE, as_integer
from assets.money.rounding import divide_half_even
from assets.recognition.methods import month_index

POLICY = "financing_expedient"
EXPEDIENT = 12
"""Months up to which interest may be left out."""
_SCHEMA = pl.Schema(
    {
        "lead_id": pl.String(),
        "document_id": pl.String(),
        "day": pl.Date(),
        "transfer": pl.Date(),
        "rate": pl.Int128(),
        "net": pl.Int64(),
        "apart": pl.Int64(),
        "interest": pl.Int64(),
        "from_month": pl.Int64(),
    }
)


def financed(
    agreed: Agreed,
    contracts: pl.DataFrame,
    states: pl.DataFrame,
    billed: pl.DataFrame,
    steps: pl.DataFrame,
    policies: pl.DataFrame,
) -> pl.DataFrame:
    """One row for each invoice with interest: lead_id, document_id, day, transfer, rate, net, apart (months from payment to
    transfer, negative where payment is later), interest (positive: the price grows), from_month. Minor units.

    `billed`: document_id, lead_id, net, booked_on, pays_on. `steps`: line_id and day of what was done.
    """
    rates = agreed.estimates.filter((pl.col("kind") == "discount_rate") & (pl.col("operation") == "assert"))
    if rates.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    first = (
        rates.sort("day", maintain_order=True)
        .group_by("scope", maintain_order=True)
        .agg(rate=as_integer(pl.col("value").first()))
    )
    of_contract = contracts.join(first, left_on="contract_id", right_on="scope")
    chosen = with_choice(of_contract, policies, POLICY, ("on", "off"), "on", into="expedient", scopes=SCOPES_OF_CONTRACT)
    done = steps.group_by("line_id").agg(done_on=pl.col("day").min())
    begins = (
        states.join(done, on="line_id", how="left")
        .group_by("lead_id")
        .agg(transfer=pl.coalesce("served_from", "done_on").min())
    )
    rows = (
        billed.join(chosen.select("lead_id", "rate", "expedient"), on="lead_id")
        .join(begins, on="lead_id")
        .drop_nulls("transfer")
    )
    apart = month_index(pl.col("transfer")) - month_index(pl.col("pays_on"))
    dated = rows.with_columns(apart=apart).filter(
        (pl.col("apart") != 0) & ((pl.col("apart").abs() > EXPEDIENT) | (pl.col("expedient") == "off"))
    )
    valued = grown_by(dated, "apart")
    grown = divide_half_even(pl.col("net").cast(pl.Int128) * pl.col("factor"), pl.lit(ONE, pl.Int128)).cast(pl.Int64)
    return valued.with_columns(
        interest=grown - pl.col("net"), from_month=month_index(pl.min_horizontal("pays_on", "transfer")), day="booked_on"
    ).select(*_SCHEMA)


def in_price(interest: pl.DataFrame) -> pl.DataFrame:
    """Interest as a variable amount of the contract's price, from the day of the invoice."""
    return interest.select(
        "lead_id",
        component=pl.concat_str(pl.lit("financing|"), "document_id"),
        target=pl.lit(None, pl.String),
        kind=pl.lit("financing"),
        day="day",
        value="interest",
    )


def interest_by_month(interest: pl.DataFrame) -> pl.DataFrame:
    """Interest to date at the end of each month between payment and transfer: lead_id, document_id, month, to_date, moved.

    Positive: an expense that adds to the contract liability; negative: income.
    """
    spread = interest.with_columns(passed=pl.int_ranges(1, pl.col("apart").abs() + 1)).explode("passed")
    valued = grown_by(spread, "passed")
    late = pl.col("apart") < 0
    begins_with = pl.when(late).then(pl.col("net") + pl.col("interest")).otherwise("net")
    grown = divide_half_even(begins_with.cast(pl.Int128) * pl.col("factor"), pl.lit(ONE, pl.Int128)).cast(pl.Int64)
    accrued = (grown - begins_with) * pl.when(late).then(-1).otherwise(1)
    # The last month takes what rounding left, so that interest sums to what the price was changed by.
    to_date = pl.when(pl.col("passed") == pl.col("apart").abs()).then("interest").otherwise(accrued)
    index = pl.col("from_month") + pl.col("passed") - 1
    months = valued.with_columns(to_date=to_date, month=pl.date(index // 12, index % 12 + 1, 1)).sort(
        "document_id", "month"
    )
    moved = pl.col("to_date") - pl.col("to_date").shift(1).over("document_id").fill_null(0)
    return months.select("lead_id", "document_id", "month", "to_date", moved=moved)


def grown_by(rows: pl.DataFrame, months: str) -> pl.DataFrame:
    """What money is worth later: `factor`, (1 + rate)^(months/12) as a whole number of 10^-12."""
    pairs = rows.select("rate", months).unique()
    factors = [_factor(rate, count) for rate, count in pairs.iter_rows()]
    known = pairs.with_columns(factor=pl.Series(factors, dtype=pl.Int128))
    return rows.join(known, on=["rate", months], how="left", maintain_order="left")


def _factor(rate: int, months: int) -> int:
    with localcontext() as context:
        context.prec = 28
        power = (1 + Decimal(rate) / ONE) ** (Decimal(months) / 12)
        return int((power * ONE).to_integral_value())
