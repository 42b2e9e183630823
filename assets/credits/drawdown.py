"""Which grants a use of credits draws on, and what of each lapses unused.

A use draws on the grants that then stand: the lowest priority first, then the earliest expiry, then the oldest (OpenMeter,
openmeter/ledger/breakage/README.md). What is left of a grant when it expires is breakage on that day. Uses are those of the
meter `credits` by the grant's contract, or by its customer where it names no contract. The order decides, so uses of one
owner follow each other; the loop is over their ordinal, all owners at once.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from assets.facts.agreed import Agreed
from assets.facts.state import ORDER
from assets.money.conversion import to_major, to_minor
from assets.money.products import RATE, as_integer
from assets.money.rounding import share
from lakehouse.tables import gold

METER = "credits"
CONSUMED, LAPSED = "consumed", "lapsed"
_FIRST_USED = ["owner", "priority", "lapses", "effective_at", "grant_id"]


def credit_drawdown(agreed: Agreed) -> pl.DataFrame:
    """gold.credit_drawdown: one row for each grant and use of it, and one for what lapsed by as_of."""
    grants = _grants(agreed)
    if grants.is_empty():
        return gold.CREDIT_DRAWDOWN.empty()
    uses = _uses(agreed).join(grants.select("owner").unique(), on="owner", how="semi")
    taken, left = _consume(grants, uses)
    lapsed = left.filter((pl.col("lapses").dt.date() <= agreed.as_of) & (pl.col("left") > 0)).select(
        "grant_id", event_id="grant_id", day=pl.col("lapses").dt.date(), quantity="left", kind=pl.lit(LAPSED)
    )
    return _valued(pl.concat([taken, lapsed]), grants, agreed.as_of)


def _grants(agreed: Agreed) -> pl.DataFrame:
    counted = as_integer(pl.coalesce("quantity", pl.col("amount").cast(RATE)))
    known = to_minor(agreed.grants.with_columns(granted=counted), "amount").rename({"object_id": "grant_id"})
    return known.select(
        *("grant_id", "currency", "amount", "effective_at"),
        owner=pl.coalesce("contract_id", "customer_id", "grant_id"),
        granted="granted",
        priority=pl.col("priority").fill_null(0),
        lapses=pl.col("expires_at").fill_null(pl.datetime(9999, 1, 1, time_zone="UTC", time_unit="us")),
    )


def _uses(agreed: Agreed) -> pl.DataFrame:
    used = agreed.usage.filter(meter=METER).sort(ORDER, nulls_last=False)
    rows = used.select(
        "effective_at",
        "day",
        event_id="object_id",
        asked=as_integer(pl.col("quantity")),
        owner=pl.coalesce("contract_id", "customer_id"),
    ).drop_nulls("owner")
    return rows.with_columns(ordinal=pl.int_range(pl.len()).over("owner"))


def _consume(grants: pl.DataFrame, uses: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each use took of each grant, and what is `left` of each grant."""
    left = grants.with_columns(left="granted").sort(_FIRST_USED)
    taken = []
    for ordinal in range(uses.get_column("ordinal").n_unique()):  # an owner has every ordinal up to its last
        use = uses.filter(ordinal=ordinal).rename({"effective_at": "used_at"}).drop("ordinal")
        joined = left.join(use, on="owner", how="left", maintain_order="left")
        stands = (pl.col("effective_at") <= pl.col("used_at")) & (pl.col("lapses") > pl.col("used_at"))
        open_now = joined.with_columns(standing=pl.when(stands.fill_null(False)).then("left").otherwise(0))
        before = pl.col("standing").cum_sum().over("owner") - pl.col("standing")
        took = pl.min_horizontal("standing", (pl.col("asked").fill_null(0) - before).clip(0))
        step = open_now.with_columns(took=took)
        taken.append(step.filter(pl.col("took") > 0).select("grant_id", "event_id", "day", quantity="took"))
        left = step.with_columns(left=pl.col("left") - pl.col("took")).select(left.columns)
    none = pl.DataFrame(schema={"grant_id": pl.String, "event_id": pl.String, "day": pl.Date, "quantity": pl.Int128})
    return pl.concat([none, *taken]).with_columns(kind=pl.lit(CONSUMED)), left


def _valued(rows: pl.DataFrame, grants: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each part with its share of what the grant is worth, rounded to date: the parts of a grant used up are its amount."""
    joined = rows.filter(pl.col("day") <= as_of).join(grants, on="grant_id").sort("grant_id", "day", "kind", "event_id")
    to_date = pl.col("quantity").cum_sum().over("grant_id")
    whole = pl.when(pl.col("granted") == 0).then(1).otherwise("granted")
    summed = joined.with_columns(to_date=to_date, whole=whole)
    worth = share(pl.col("amount"), pl.col("to_date"), pl.col("whole"))
    before = share(pl.col("amount"), pl.col("to_date") - pl.col("quantity"), pl.col("whole"))
    quantity = (pl.col("quantity").cast(pl.Decimal(38, 0)) * pl.lit("0.000000000001").cast(pl.Decimal(38, 12))).cast(RATE)
    valued = summed.with_columns(amount=worth - before, quantity=quantity)
    named = valued.select("grant_id", "event_id", "kind", "day", "quantity", "currency", "amount", owner_id="owner")
    return gold.CREDIT_DRAWDOWN.conform(to_major(named, "amount"))
