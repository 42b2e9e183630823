"""Subscriptions: contracts, their lines, and the changes of their state.

API versions differ by presence of fields: `current_period_*` moved from the subscription to its items (2025-03-31), a
price was a plan before 2020, and before there were items (2015) the plan stood at the subscription.
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CONTRACT_EVENTS, CONTRACT_LINES, CONTRACT_STATUSES, CONTRACTS
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import major_rate
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.stripe.money import units
from pipelines.systems.stripe.prices import INTERVALS
from pipelines.systems.stripe.reading import object_kind, references

ITEMS = "items.data"
USAGE_TYPES = ("licensed", "metered")

_PLAN: Shape = {
    "id": Leaf.ID,
    "product": Leaf.ID,
    "currency": Leaf.CURRENCY,
    "amount": Leaf.DECIMAL,
    "amount_decimal": Leaf.DECIMAL,
    "interval": Leaf.TEXT,
    "interval_count": Leaf.COUNT,
    "usage_type": Leaf.TEXT,
}
_PRICE: Shape = {
    "id": Leaf.ID,
    "product": Leaf.ID,
    "currency": Leaf.CURRENCY,
    "unit_amount": Leaf.DECIMAL,
    "unit_amount_decimal": Leaf.DECIMAL,
    "recurring": {"interval": Leaf.TEXT, "interval_count": Leaf.COUNT, "usage_type": Leaf.TEXT},
}

# Order of the states within one second; see `reading.LIFE`.
_STATE_ORDER = {"incomplete": 0, "trialing": 1, "active": 2, "past_due": 3, "unpaid": 4, "paused": 5}
_LAST = 9


def subscriptions(reading: Reading) -> list[Fact]:
    """customer.subscription.*: the contract as it then stood, the lines in force, and a change of state if it was one."""
    reading.require("", "id", "status")
    reading.require_any("", ["customer", "customer_account"])
    reading.allow("", "status", CONTRACT_STATUSES)
    reading.refuse("", "items.has_more", pl.col("items.has_more").fill_null(False), Code.INCOMPLETE_LIST)
    lines = _lines(reading)
    currency = lines.group_by("_row", maintain_order=True).agg(pl.col("currency").first().alias("line_currency"))
    contracts = (
        reading.root.join(currency, on="_row", how="left", maintain_order="left")
        .with_columns(ended=pl.col("event_type") == "customer.subscription.deleted")
        .with_columns(
            status=pl.when(pl.col("ended") & (pl.col("status") != "incomplete_expired"))
            .then(pl.lit("canceled"))
            .otherwise("status"),
            object_id=reading.object_id("id"),
            effective_at="event_at",
            source_sequence=_order(),
        )
    )
    return [
        Fact(CONTRACTS, _contracts(reading, contracts)),
        Fact(CONTRACT_LINES, _contract_lines(reading, lines, contracts)),
        Fact(CONTRACT_EVENTS, _contract_events(contracts)),
        *references(contracts, "contract"),
    ]


def _order() -> pl.Expr:
    stage = pl.col("event_type").replace_strict(
        {"customer.subscription.created": 0, "customer.subscription.deleted": 2}, default=1, return_dtype=pl.Int64
    )
    return stage * 10 + pl.col("status").replace_strict(_STATE_ORDER, default=_LAST, return_dtype=pl.Int64)


def _contracts(reading: Reading, root: pl.DataFrame) -> pl.DataFrame:
    ended = pl.when("ended").then(pl.coalesce("ended_at", "event_at")).otherwise("ended_at")
    leaves_at_period_end = pl.when("cancel_at_period_end").then("current_period_end")
    return root.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        "status",
        "trial_start",
        "trial_end",
        part=pl.lit("contracts"),
        customer_id=reading.object_id(pl.coalesce("customer", "customer_account")),
        currency=pl.coalesce("currency", "line_currency"),
        approved_at="created",
        start_at=pl.coalesce("start_date", "start", "created"),
        end_at=ended,
        cancel_at=pl.coalesce("cancel_at", leaves_at_period_end),
    )


def _lines(reading: Reading) -> pl.DataFrame:
    """One row a line in force, whichever shape it came in: price, plan and period under one name each."""
    items = reading.frames[ITEMS]
    reading.require(ITEMS, "id")
    reading.require_any(ITEMS, ["price.id", "plan.id"])
    reading.require_any(ITEMS, ["price.currency", "plan.currency"])
    for path, prefix in ((ITEMS, "price.recurring."), (ITEMS, "plan."), ("", "plan.")):
        reading.allow(path, f"{prefix}interval", INTERVALS)
        reading.allow(path, f"{prefix}usage_type", USAGE_TYPES)
    with_items = items.get_column("_row").unique()
    bare = reading.root.filter(~pl.col("_row").is_in(with_items.implode()))
    missing = bare.filter(pl.col("plan.id").is_null() | pl.col("plan.currency").is_null()).get_column("_row")
    reading.faults.add_rows(missing, Code.MISSING_FIELD, reading.kind.path("", ITEMS))
    modern = reading.of_root(items, up_from="current_period_start", up_to="current_period_end", contract="id").select(
        "_row",
        "quantity",
        "contract",
        number="_n",
        line=pl.col("id"),
        price=pl.coalesce("price.id", "plan.id"),
        product=pl.coalesce("price.product", "plan.product"),
        currency=pl.coalesce("price.currency", "plan.currency"),
        amount=pl.coalesce("price.unit_amount_decimal", "price.unit_amount", "plan.amount_decimal", "plan.amount"),
        interval=pl.coalesce("price.recurring.interval", "plan.interval"),
        interval_count=pl.coalesce("price.recurring.interval_count", "plan.interval_count"),
        usage_type=pl.coalesce("price.recurring.usage_type", "plan.usage_type"),
        service_from=pl.coalesce("current_period_start", "up_from"),
        service_to=pl.coalesce("current_period_end", "up_to"),
    )
    if bare.is_empty():
        return modern
    old = bare.select(
        "_row",
        "quantity",
        contract="id",
        number=pl.lit(1, modern.schema["number"]),
        line=pl.concat_str("id", pl.lit(":"), "plan.id"),
        price="plan.id",
        product="plan.product",
        currency="plan.currency",
        amount=pl.coalesce("plan.amount_decimal", "plan.amount"),
        interval="plan.interval",
        interval_count="plan.interval_count",
        usage_type="plan.usage_type",
        service_from="current_period_start",
        service_to="current_period_end",
    )
    return pl.concat([modern, old.select(modern.columns)])


def _contract_lines(reading: Reading, lines: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    usage = pl.coalesce("usage_type", pl.lit("licensed"))
    states = contracts.select("_row", "effective_at", "source_sequence")
    return lines.join(states, on="_row", how="left", maintain_order="left").select(
        "_row",
        "effective_at",
        "source_sequence",
        "quantity",
        "currency",
        "service_from",
        "service_to",
        part=pl.format("contract_lines/{}", "number"),
        object_id=reading.object_id("line"),
        contract_id=reading.object_id("contract"),
        product_id=reading.object_id("product"),
        price_id=reading.object_id("price"),
        unit_price=major_rate(pl.col("amount"), units(pl.col("currency"))),
        billing_interval="interval",
        billing_interval_count=pl.coalesce("interval_count", pl.when(pl.col("interval").is_not_null()).then(1)),
        usage_type=usage,
        billing_method=pl.when(usage == "metered").then(pl.lit("in_arrears")).otherwise(pl.lit("in_advance")),
    )


def _contract_events(root: pl.DataFrame) -> pl.DataFrame:
    """A change of state: the first, one that the event says (`previous_attributes.status`), and the end."""
    before = pl.col("previous_attributes.status")
    created = pl.col("event_type") == "customer.subscription.created"
    return root.filter(created | pl.col("ended") | (before.is_not_null() & (before != pl.col("status")))).select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        part=pl.lit("contract_events"),
        contract_id="object_id",
        state_from=before,
        state_to="status",
        reason="cancellation_details.reason",
    )


SUBSCRIPTION = object_kind(
    "subscription",
    {
        "status": Leaf.TEXT,
        "customer": Leaf.ID,
        "customer_account": Leaf.ID,
        "currency": Leaf.CURRENCY,
        "quantity": Leaf.DECIMAL,
        "created": Leaf.TIME,
        "start_date": Leaf.TIME,
        "start": Leaf.TIME,
        "ended_at": Leaf.TIME,
        "cancel_at": Leaf.TIME,
        "cancel_at_period_end": Leaf.FLAG,
        "trial_start": Leaf.TIME,
        "trial_end": Leaf.TIME,
        "current_period_start": Leaf.TIME,
        "current_period_end": Leaf.TIME,
        "cancellation_details": {"reason": Leaf.TEXT},
        "metadata": Leaf.JSON,
        "plan": _PLAN,
        "items": {
            "has_more": Leaf.FLAG,
            "data": [
                {
                    "id": Leaf.ID,
                    "quantity": Leaf.DECIMAL,
                    "current_period_start": Leaf.TIME,
                    "current_period_end": Leaf.TIME,
                    "price": _PRICE,
                    "plan": _PLAN,
                }
            ],
        },
    },
    subscriptions,
    previous={"status": Leaf.TEXT},
)
