"""Subscriptions: contracts and their lines.

A subscription does not say how long its plan's period is. It is taken from the current period where that is a whole number
of calendar months, else of days: a plan of 30 days in a month of 30 days counts as one of a month.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CONTRACT_LINES, CONTRACTS
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.recurly.reading import line_id, price_id, with_state
from pipelines.systems.references import reference
from pipelines.systems.shape import Leaf

ADD_ONS = "add_ons"
# A canceled subscription is in force until it expires.
STATES = {
    "future": "draft",
    "active": "active",
    "canceled": "active",
    "paused": "paused",
    "expired": "canceled",
    "failed": "incomplete_expired",
}
_START, _END = pl.col("current_period_started_at"), pl.col("current_period_ends_at")


def subscriptions(reading: Reading) -> list[Fact]:
    """The contract as it then stood, with its plan and add-ons for lines.

    https://recurly.com/developers/api/v2021-02-25/index.html#tag/subscription
    """
    reading.require("", "state", "account.id", "plan.id", "currency")
    reading.allow("", "state", STATES)
    trying = (pl.col("state") == "active") & (pl.col("trial_ends_at") > pl.col("event_at"))
    status = pl.col("state").replace_strict(STATES, default=None, return_dtype=pl.String)
    rows = with_state(reading).with_columns(status=pl.when(trying).then(pl.lit("trialing")).otherwise(status))
    ended = pl.col("status").is_in(["canceled", "incomplete_expired"])
    leaving = (pl.col("state") == "canceled") & (pl.col("expires_at") > pl.col("event_at"))
    contracts = rows.select(
        "_row",
        "object_id",
        "effective_at",
        "status",
        "currency",
        part=pl.lit("contracts"),
        customer_id=reading.object_id("account.id"),
        approved_at="created_at",
        start_at=pl.coalesce("activated_at", "created_at"),
        end_at=pl.when(ended).then(pl.coalesce("expires_at", "event_at")),
        enforceable_until="current_term_ends_at",
        trial_start="trial_started_at",
        trial_end="trial_ends_at",
        cancel_at=pl.when(leaving).then("expires_at"),
    )
    return [
        Fact(CONTRACTS, contracts),
        Fact(CONTRACT_LINES, _lines(reading, rows)),
        reference(rows, "contract", "names", "purchase_order_number", "po_number"),
    ]


def _lines(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    reading.require(ADD_ONS, "add_on.id")
    months = (_END.dt.year() - _START.dt.year()).cast(pl.Int64) * 12 + _END.dt.month() - _START.dt.month()
    by_month = (months > 0) & (_START.dt.offset_by(pl.concat_str(months.clip(0), pl.lit("mo"))) == _END)
    days = (_END - _START).dt.total_days()
    by_day = ~by_month & (days > 0) & (_START + pl.duration(days=days) == _END)
    state = rows.select(
        "_row",
        "effective_at",
        "currency",
        contract_id="object_id",
        service_from=_START,
        service_to=_END,
        billing_interval=pl.when(by_month).then(pl.lit("month")).when(by_day).then(pl.lit("day")),
        billing_interval_count=pl.when(by_month).then(months).when(by_day).then(days),
    )
    plan = rows.select(
        "_row", "quantity", price="plan.id", unit_price="unit_amount", n=pl.lit("plan"), metered=pl.lit(False)
    )
    usage = pl.col("add_on.add_on_type") == "usage"
    add_ons = reading.frames[ADD_ONS].select(
        "_row",
        "quantity",
        price="add_on.id",
        unit_price="unit_amount",
        n=pl.format("add_on/{}", "_n"),
        metered=usage.fill_null(False),
    )
    lines = (
        pl.concat([plan, add_ons])
        .sort("_row", maintain_order=True)
        .unique(["_row", "price"], keep="first", maintain_order=True)
    )
    return lines.join(state, on="_row", how="left", maintain_order="left").select(
        "_row",
        "contract_id",
        "effective_at",
        "quantity",
        "unit_price",
        "currency",
        "service_from",
        "service_to",
        "billing_interval",
        "billing_interval_count",
        part=pl.format("contract_lines/{}", "n"),
        object_id=line_id(pl.col("contract_id"), "price"),
        product_id=reading.object_id("price"),
        price_id=price_id(reading, "price"),
        usage_type=pl.when("metered").then(pl.lit("metered")).otherwise(pl.lit("licensed")),
        billing_method=pl.when("metered").then(pl.lit("in_arrears")).otherwise(pl.lit("in_advance")),
    )


SUBSCRIPTION = Kind(
    "subscription",
    {
        "id": Leaf.ID,
        "state": Leaf.TEXT,
        "currency": Leaf.CURRENCY,
        "account": {"id": Leaf.ID},
        "plan": {"id": Leaf.ID},
        "quantity": Leaf.DECIMAL,
        "unit_amount": Leaf.DECIMAL,
        "created_at": Leaf.MOMENT,
        "activated_at": Leaf.MOMENT,
        "expires_at": Leaf.MOMENT,
        "current_period_started_at": Leaf.MOMENT,
        "current_period_ends_at": Leaf.MOMENT,
        "current_term_ends_at": Leaf.MOMENT,
        "trial_started_at": Leaf.MOMENT,
        "trial_ends_at": Leaf.MOMENT,
        "po_number": Leaf.TEXT,
        "add_ons": [
            {"add_on": {"id": Leaf.ID, "add_on_type": Leaf.TEXT}, "quantity": Leaf.DECIMAL, "unit_amount": Leaf.DECIMAL}
        ],
    },
    subscriptions,
)
