"""Meter events: what customers used, as it was reported to Stripe. They come as exported objects; no event tells of them.

Not read: summaries (`billing.meter_event_summary`, `usage_record_summary`), which are running totals of the same usage;
adjustments, which have no date; notices about events that Stripe could not take
(`v1.billing.meter.error_report_triggered`), which carry no usage.
https://docs.stripe.com/api/billing/meter-event/object, https://docs.stripe.com/api/v2/billing/meter-event
"""

from __future__ import annotations

import polars as pl

from lakehouse.tables.silver import USAGE
from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.facts import Fact
from pipelines.systems.reading import Reading
from pipelines.systems.shape import Leaf, Shape
from pipelines.systems.stripe.reading import object_kind


def meter_events(reading: Reading) -> list[Fact]:
    """The payload holds the customer and the value under Stripe's default keys, and dimensions under any other."""
    payload = pl.col("payload")
    value, customer = (payload.str.json_path_match(f"$.{name}") for name in ("value", "stripe_customer_id"))
    root = reading.root.with_columns(
        value.alias("payload.value"),
        customer.alias("payload.stripe_customer_id"),
        quantity=leaves.value(Leaf.DECIMAL, value),
    )
    read = reading.with_frame("", root)
    read.require("", "event_name", "identifier", "payload.value", "payload.stripe_customer_id")
    read.refuse("", "payload.value", pl.col("quantity").is_null() & value.is_not_null(), Code.WRONG_TYPE)
    return [
        Fact(
            USAGE,
            root.select(
                "_row",
                "quantity",
                part=pl.lit("usage"),
                object_id=reading.object_id(pl.concat_str(pl.lit("meter_event:"), "identifier")),
                effective_at=pl.coalesce("timestamp", "event_at"),
                meter="event_name",
                customer_id=reading.object_id("payload.stripe_customer_id"),
                dimensions=_dimensions(payload),
            ),
        )
    ]


# What the payload holds for every meter is told by columns of its own.
_OWN = r'"(?:value|stripe_customer_id)"\s*:\s*(?:"[^"\\]*"|[-0-9.eE+]+)\s*,?\s*'


def _dimensions(payload: pl.Expr) -> pl.Expr:
    rest = payload.str.replace_all(_OWN, "").str.replace(r",\s*\}$", "}")
    return pl.when(~rest.str.contains(r"^\{\s*\}$")).then(rest)


def _shape(time: Leaf) -> Shape:
    return {"event_name": Leaf.TEXT, "identifier": Leaf.TEXT, "timestamp": time, "payload": Leaf.JSON}


METER_EVENT = object_kind("billing.meter_event", _shape(Leaf.TIME), meter_events)
METER_EVENT_V2 = object_kind("v2.billing.meter_event", _shape(Leaf.MOMENT), meter_events)
