"""Subscriptions: contracts, their lines, and the changes of their state."""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CONTRACT_EVENTS, CONTRACT_LINES, CONTRACTS
from pipelines.systems.chargebee.reading import PERIOD_UNITS, with_state
from pipelines.systems.facts import Fact
from pipelines.systems.minor_units import iso_units, major_rate
from pipelines.systems.reading import Kind, Reading
from pipelines.systems.references import metadata_references, reference
from pipelines.systems.shape import Leaf, Shape

ITEMS, ADDONS = "subscription_items", "addons"

# One that does not renew is in force until its term ends.
STATUSES = {
    "future": "draft",
    "in_trial": "trialing",
    "active": "active",
    "non_renewing": "active",
    "paused": "paused",
    "cancelled": "canceled",
    "transferred": "canceled",
}
_CHANGES = ("created", "started", "activated", "cancelled", "reactivated", "paused", "resumed")


def subscriptions(reading: Reading) -> list[Fact]:
    """The contract as it then stood, with the lines in force. https://apidocs.chargebee.com/docs/api/subscriptions"""
    reading.require("", "id", "status", "customer_id")
    reading.allow("", "status", STATUSES)
    reading.allow("", "billing_period_unit", PERIOD_UNITS)
    rows = with_state(reading).with_columns(
        state=pl.col("status").replace_strict(STATUSES, default=None, return_dtype=pl.String)
    )
    return [
        Fact(CONTRACTS, _contracts(reading, rows)),
        Fact(CONTRACT_LINES, _lines(reading, rows)),
        Fact(CONTRACT_EVENTS, _changes(rows)),
        reference(rows, "contract", "names", "purchase_order_number", "po_number"),
        *metadata_references(rows, "contract", "meta_data"),
    ]


def _contracts(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    ended, leaving = pl.col("state") == "canceled", pl.col("status") == "non_renewing"
    trialing = pl.col("state") == "trialing"
    return rows.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        "operation",
        "trial_start",
        part=pl.format("contracts/{}", "object_id"),
        customer_id=reading.object_id("customer_id"),
        status="state",
        currency="currency_code",
        approved_at="created_at",
        start_at=pl.coalesce("started_at", "start_date", "created_at"),
        end_at=pl.when(ended).then(pl.coalesce("cancelled_at", "event_at")),
        enforceable_until="contract_term.contract_end",
        trial_end=pl.coalesce("trial_end", pl.when(trialing).then("current_term_end")),
        cancel_at=pl.when(leaving).then(pl.coalesce("cancelled_at", "current_term_end")),
    )


def line_id(contract: pl.Expr, price: pl.Expr) -> pl.Expr:
    """Object id of a line of a subscription, which has none of its own: a price stands in it once."""
    return pl.concat_str(contract, pl.lit(":"), price)


def _lines(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """Items of the catalogue, or the plan and its add-ons of the older one."""
    reading.require(ITEMS, "item_price_id")
    reading.require(ADDONS, "id")
    columns = ("_row", "price", "quantity", "decimal", "amount", "total", "type", "metered", "n")
    listed = reading.frames[ITEMS].select(
        "_row",
        price="item_price_id",
        quantity=pl.coalesce("quantity_in_decimal", "quantity"),
        decimal="unit_price_in_decimal",
        amount="unit_price",
        total="amount",
        type="item_type",
        metered=pl.col("metered_quantity").is_not_null(),
        n=pl.format("item/{}", "_n"),
    )
    none, no = pl.lit(None, listed.schema["decimal"]), pl.lit(False)
    addons = reading.frames[ADDONS].select(
        "_row",
        "quantity",
        price="id",
        decimal=none,
        amount="unit_price",
        total=none,
        type=pl.lit("addon"),
        metered=no,
        n=pl.format("addon/{}", "_n"),
    )
    plan = rows.filter(pl.col("plan_id").is_not_null()).select(
        "_row",
        price="plan_id",
        quantity="plan_quantity",
        decimal=none,
        amount="plan_unit_price",
        total=none,
        type=pl.lit("plan"),
        metered=no,
        n=pl.lit("plan"),
    )
    lines = pl.concat([part.select(columns) for part in (listed, plan, addons)]).sort("_row", maintain_order=True)
    own = ("effective_at", "source_sequence", "currency_code", "current_term_start", "current_term_end")
    state = rows.select("_row", *own, "billing_period", "billing_period_unit", contract_id="object_id")
    unit = iso_units(pl.col("currency_code"))
    shared = major_rate(pl.col("total"), unit) / pl.col("quantity")
    recurs = (pl.col("type") != "charge") & pl.col("billing_period_unit").is_not_null()
    usage = pl.when("metered").then(pl.lit("metered")).otherwise(pl.lit("licensed"))
    once = lines.unique(["_row", "price"], keep="first", maintain_order=True)
    return once.join(state, on="_row", how="left", maintain_order="left").select(
        "_row",
        "contract_id",
        "effective_at",
        "source_sequence",
        "quantity",
        part=pl.format("contract_lines/{}/{}", "contract_id", "n"),
        object_id=line_id(pl.col("contract_id"), pl.col("price")),
        price_id=reading.object_id("price"),
        unit_price=pl.coalesce("decimal", major_rate(pl.col("amount"), unit), pl.when(pl.col("quantity") > 0).then(shared)),
        currency="currency_code",
        billing_interval=pl.when(recurs).then("billing_period_unit"),
        billing_interval_count=pl.when(recurs).then(pl.coalesce("billing_period", pl.lit(1))),
        usage_type=usage,
        service_from=pl.when(recurs).then("current_term_start"),
        service_to=pl.when(recurs).then("current_term_end"),
        billing_method=pl.when("metered").then(pl.lit("in_arrears")).otherwise(pl.lit("in_advance")),
    )


def _changes(rows: pl.DataFrame) -> pl.DataFrame:
    changed = pl.col("event_type").is_in([f"subscription_{change}" for change in _CHANGES])
    return rows.filter(changed).select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        part=pl.format("contract_events/{}", "object_id"),
        contract_id="object_id",
        state_to="state",
        reason=pl.coalesce("cancel_reason_code", "cancel_reason"),
    )


_PRICED: Shape = {"quantity": Leaf.DECIMAL, "unit_price": Leaf.DECIMAL}

SUBSCRIPTION = Kind(
    "subscription",
    {
        "id": Leaf.ID,
        "customer_id": Leaf.ID,
        "status": Leaf.TEXT,
        "currency_code": Leaf.CURRENCY,
        "billing_period": Leaf.COUNT,
        "billing_period_unit": Leaf.TEXT,
        "created_at": Leaf.TIME,
        "start_date": Leaf.TIME,
        "started_at": Leaf.TIME,
        "current_term_start": Leaf.TIME,
        "current_term_end": Leaf.TIME,
        "trial_start": Leaf.TIME,
        "trial_end": Leaf.TIME,
        "cancelled_at": Leaf.TIME,
        "cancel_reason": Leaf.TEXT,
        "cancel_reason_code": Leaf.TEXT,
        "contract_term": {"contract_end": Leaf.TIME},
        "po_number": Leaf.TEXT,
        "meta_data": Leaf.JSON,
        "deleted": Leaf.FLAG,
        "resource_version": Leaf.COUNT,
        "plan_id": Leaf.ID,
        "plan_quantity": Leaf.DECIMAL,
        "plan_unit_price": Leaf.DECIMAL,
        "addons": [{"id": Leaf.ID, **_PRICED}],
        "subscription_items": [
            {
                "item_price_id": Leaf.ID,
                "item_type": Leaf.TEXT,
                **_PRICED,
                "amount": Leaf.DECIMAL,
                "quantity_in_decimal": Leaf.DECIMAL,
                "unit_price_in_decimal": Leaf.DECIMAL,
                "metered_quantity": Leaf.TEXT,
            }
        ],
    },
    subscriptions,
)
