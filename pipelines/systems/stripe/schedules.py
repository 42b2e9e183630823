"""Subscription schedules: what a subscription is planned to become, phase by phase.

A schedule is a contract of its own, in draft, until its subscription exists; then the subscription tells what holds and the
schedule is retracted. Its phases stay as contract lines of the schedule, each with its term, so that they never count
beside the lines of the subscription. https://docs.stripe.com/api/subscription_schedules/object
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import CONTRACT_LINES, CONTRACTS, EXTERNAL_REFERENCES
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.references import metadata_references
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.reading import object_kind

PHASES, ITEMS = "phases", "phases[].items"
_ORDER = {"not_started": 0, "active": 1, "released": 2, "completed": 2, "canceled": 3}


def schedules(reading: Reading) -> list[Fact]:
    """subscription_schedule.*: the plan as it then stood."""
    reading.require("", "id", "status")
    reading.require_any("", ["customer", "customer_account"])
    reading.allow("", "status", _ORDER)
    reading.require_any(ITEMS, ["price", "plan"])
    phases = reading.frames[PHASES].with_row_index("_phase")
    term = phases.group_by("_row").agg(first=pl.col("start_date").min(), last=pl.col("end_date").max())
    rows = reading.root.join(term, on="_row", how="left", maintain_order="left").with_columns(
        object_id=reading.object_id("id"),
        effective_at="event_at",
        source_sequence=pl.col("status").replace_strict(_ORDER, default=0, return_dtype=pl.Int64),
        taken_over=pl.coalesce("subscription", "released_subscription"),
    )
    return [
        Fact(CONTRACTS, _contracts(reading, rows)),
        Fact(CONTRACT_LINES, _lines(reading, rows, phases)),
        Fact(EXTERNAL_REFERENCES, _planned(reading, rows)),
        *metadata_references(rows, "contract"),
    ]


def _contracts(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    canceled = pl.col("status") == "canceled"
    ends = pl.when(pl.col("end_behavior") == "cancel").then("last")
    return rows.select(
        "_row",
        "object_id",
        "effective_at",
        "source_sequence",
        part=pl.lit("contracts"),
        operation=pl.when(pl.col("taken_over").is_not_null()).then(pl.lit("retract")).otherwise(pl.lit("assert")),
        customer_id=reading.object_id(pl.coalesce("customer", "customer_account")),
        status=pl.when(canceled).then(pl.lit("canceled")).otherwise(pl.lit("draft")),
        approved_at="created",
        start_at="first",
        end_at=pl.when(canceled).then(pl.max_horizontal(pl.coalesce("canceled_at", "event_at"), "first")).otherwise(ends),
        renewal_terms="end_behavior",
    )


def _lines(reading: Reading, rows: pl.DataFrame, phases: pl.DataFrame) -> pl.DataFrame:
    """A line for each item of each phase. Prices are named, not told."""
    state = rows.select("_row", "effective_at", "source_sequence", contract_id="object_id")
    term = phases.select(_up="_phase", service_from="start_date", service_to="end_date", phase="_n", currency="currency")
    items = reading.frames[ITEMS].join(term, on="_up", how="left", maintain_order="left")
    part = pl.format("{}/{}", "phase", "_n")
    return items.join(state, on="_row", how="left", maintain_order="left").select(
        "_row",
        "contract_id",
        "effective_at",
        "source_sequence",
        "quantity",
        "service_from",
        "service_to",
        "currency",
        part=pl.concat_str(pl.lit("contract_lines/"), part),
        object_id=pl.concat_str("contract_id", pl.lit(":"), part),
        price_id=reading.object_id(pl.coalesce("price", "plan")),
    )


def _planned(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("taken_over").is_not_null()).select(
        "_row",
        "effective_at",
        part=pl.lit("external_references/schedule"),
        object_id=reading.object_id("taken_over"),
        object_kind=pl.lit("contract"),
        relation=pl.lit("derives_from"),
        reference_system=pl.lit("stripe"),
        reference_kind=pl.lit("subscription_schedule"),
        reference="id",
    )


SCHEDULE = object_kind(
    "subscription_schedule",
    {
        "status": Leaf.TEXT,
        "customer": Leaf.ID,
        "customer_account": Leaf.ID,
        "subscription": Leaf.ID,
        "released_subscription": Leaf.ID,
        "end_behavior": Leaf.TEXT,
        "created": Leaf.TIME,
        "canceled_at": Leaf.TIME,
        "metadata": Leaf.JSON,
        "phases": [
            {
                "start_date": Leaf.TIME,
                "end_date": Leaf.TIME,
                "currency": Leaf.CURRENCY,
                "items": [{"price": Leaf.ID, "plan": Leaf.ID, "quantity": Leaf.DECIMAL}],
            }
        ],
    },
    schedules,
    by_record=True,
)
