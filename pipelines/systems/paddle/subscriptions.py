"""Subscriptions: contracts, their lines, and the changes of their state."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CONTRACT_EVENTS, CONTRACT_LINES, CONTRACTS
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import iso_units, major_rate
from pipelines.systems.paddle.reading import CYCLE, INTERVALS, PERIOD, with_state
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import metadata_references
from pipelines.systems.shape import Leaf

ITEMS = "items"
# Order of the states within one moment.
_ORDER = {"trialing": 1, "active": 2, "past_due": 3, "paused": 4, "canceled": 5}
# `updated` and `imported` may change anything; these change the state.
_CHANGES = ("created", "trialing", "activated", "past_due", "paused", "resumed", "canceled")


def subscriptions(reading: Reading) -> list[Fact]:
    """subscription.*: the contract as it then stood, with the lines in force.

    A line is known by its subscription and its price, which stands in it once. Its price is the base price of the
    catalogue: what a transaction bills may be a price for the buyer's country. https://developer.paddle.com/api-reference/subscriptions
    """
    reading.require("", "status", "customer_id", "currency_code")
    reading.allow("", "status", _ORDER)
    reading.require(ITEMS, "price.id", "quantity")
    reading.allow(ITEMS, "price.billing_cycle.interval", INTERVALS)
    rows = with_state(reading, _ORDER)
    return [
        Fact(CONTRACTS, _contracts(reading, rows)),
        Fact(CONTRACT_LINES, _lines(reading, rows)),
        Fact(CONTRACT_EVENTS, _changes(rows)),
        *metadata_references(rows, "contract", "custom_data"),
    ]


def _contracts(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    trials = (
        reading.frames[ITEMS]
        .group_by("_row")
        .agg(trial_start=pl.col("trial_dates.starts_at").min(), trial_end=pl.col("trial_dates.ends_at").max())
    )
    joined = rows.join(trials, on="_row", how="left", maintain_order="left")
    trialing, ended = pl.col("status") == "trialing", pl.col("status") == "canceled"
    leaving = pl.col("scheduled_change.action") == "cancel"
    return joined.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        "status",
        part=pl.lit("contracts"),
        customer_id=reading.object_id("customer_id"),
        currency="currency_code",
        approved_at="created_at",
        start_at=pl.coalesce("started_at", "created_at"),
        end_at=pl.when(ended).then(pl.coalesce("canceled_at", "event_at")),
        trial_start=pl.coalesce("trial_start", pl.when(trialing).then("current_billing_period.starts_at")),
        trial_end=pl.coalesce("trial_end", pl.when(trialing).then("current_billing_period.ends_at")),
        cancel_at=pl.when(leaving).then("scheduled_change.effective_at"),
    )


def _lines(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    own = ("object_id", "effective_at", "source_sequence", "currency_code")
    period = ("current_billing_period.starts_at", "current_billing_period.ends_at")
    state = rows.select("_row", *own, *period).rename({"object_id": "contract_id"})
    lines = reading.frames[ITEMS].join(state, on="_row", how="left", maintain_order="left")
    currency = pl.coalesce("price.unit_price.currency_code", "currency_code")
    cycle = pl.col("price.billing_cycle.interval")
    return lines.unique(["_row", "price.id"], keep="first", maintain_order=True).select(
        "_row",
        "contract_id",
        "effective_at",
        "source_sequence",
        "quantity",
        part=pl.format("contract_lines/{}", "_n"),
        object_id=line_id(pl.col("contract_id"), pl.col("price.id")),
        product_id=reading.object_id("price.product_id"),
        price_id=reading.object_id("price.id"),
        unit_price=major_rate(pl.col("price.unit_price.amount"), iso_units(currency)),
        currency=currency,
        billing_interval=cycle,
        billing_interval_count=pl.when(cycle.is_not_null()).then(pl.coalesce("price.billing_cycle.frequency", pl.lit(1))),
        usage_type=pl.lit("licensed"),
        service_from=pl.when(cycle.is_not_null()).then(period[0]),
        service_to=pl.when(cycle.is_not_null()).then(period[1]),
        billing_method=pl.lit("in_advance"),
    )


def line_id(contract_id: pl.Expr, price: pl.Expr) -> pl.Expr:
    """Object id of a line of a subscription, which has none of its own."""
    return pl.concat_str(contract_id, pl.lit(":"), price)


def _changes(rows: pl.DataFrame) -> pl.DataFrame:
    changed = pl.col("event_type").is_in([f"subscription.{change}" for change in _CHANGES])
    return rows.filter(changed).select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        part=pl.lit("contract_events"),
        contract_id="object_id",
        state_to="status",
    )


SUBSCRIPTION = Kind(
    "subscription",
    {
        "id": Leaf.ID,
        "status": Leaf.TEXT,
        "customer_id": Leaf.ID,
        "currency_code": Leaf.CURRENCY,
        "created_at": Leaf.MOMENT,
        "started_at": Leaf.MOMENT,
        "canceled_at": Leaf.MOMENT,
        "current_billing_period": PERIOD,
        "scheduled_change": {"action": Leaf.TEXT, "effective_at": Leaf.MOMENT},
        "custom_data": Leaf.JSON,
        "items": [
            {
                "quantity": Leaf.DECIMAL,
                "trial_dates": PERIOD,
                "price": {
                    "id": Leaf.ID,
                    "product_id": Leaf.ID,
                    "unit_price": {"amount": Leaf.DECIMAL, "currency_code": Leaf.CURRENCY},
                    "billing_cycle": CYCLE,
                },
            }
        ],
    },
    subscriptions,
    "data",
)
