"""What a WooCommerce record is: its place, its type, its moment and its identity.

A webhook says its topic in the delivery envelope (https://developer.woocommerce.com/docs/apis/rest-api/v3/webhooks/); a
REST answer is the bare object, known by fields that only its type has. Dates without an offset are the site's; those that
end in `_gmt` are UTC, and only they are read.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.moments import FIRST_MOMENT
from pipelines.systems.reading import Kind
from pipelines.systems.shape import Leaf
from pipelines.systems.shop_records import BARE, BODY, Resource
from pipelines.systems.woocommerce.orders import ORDER
from pipelines.systems.woocommerce.parties import CUSTOMER, PRODUCT
from pipelines.systems.woocommerce.refunds import REFUND

RESOURCES: dict[str, Resource] = {resource.name: resource for resource in (ORDER, REFUND, CUSTOMER, PRODUCT)}
KINDS: dict[str, Kind] = {
    name: kind for resource in RESOURCES.values() for name, kind in resource.kinds(wrapped=False).items()
}

# A deleted order left the shop, not the books: it is sent with nothing but its id, and what it sold stays sold.
TOPICS: dict[str, str] = {
    **{f"order.{change}": "order" for change in ("created", "updated", "restored")},
    **{f"refund.{change}": "refund" for change in ("created", "updated")},
    **{f"{name}.{change}": name for name in ("customer", "product") for change in ("created", "updated", "deleted")},
    "product.restored": "product",
}

_WHEN = ("date_modified_gmt", "date_created_gmt")
_TELLING = (
    *("order_key", "refunded_by", "refunded_payment", "is_paying_customer", "catalog_visibility", "regular_price"),
    *("discount_type", "delivery_url", "webhook_id"),
)
_READ = ("id", *_WHEN, *_TELLING)

PATHS = {
    "topic": "$.delivery.topic",
    "delivery_id": "$.delivery.id",
    "delivered_at": "$.delivery.at",
    **{f"{BARE}.{name}": f"$.{name}" for name in _READ},
    **{f"{BODY}.{name}": f"$.{BODY}.{name}" for name in _READ},
}


def _has(name: str) -> pl.Expr:
    return pl.col(name).is_not_null()


# The first that holds; the last three carry no revenue facts. A body that is a `webhook_id` is the test of a new webhook.
_BY_FIELDS: tuple[tuple[str, pl.Expr], ...] = (
    ("order", _has("order_key")),
    ("refund", _has("refunded_by") | _has("refunded_payment")),
    ("customer", _has("is_paying_customer")),
    ("product", _has("catalog_visibility") | _has("regular_price")),
    ("coupon", _has("discount_type")),
    ("webhook", _has("delivery_url")),
    ("webhook.ping", _has("webhook_id")),
)


def read_records(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Records, mapped or unmapped by what they are; what cannot be told goes to `faults`."""
    unread = faults.first().get_column("row").implode()
    in_body = pl.any_horizontal(_has("topic"), *(_has(f"{BODY}.{name}") for name in _READ))
    rows = found.with_row_index("row").with_columns(delivered=in_body)
    rows = rows.with_columns(
        pl.when("delivered").then(f"{BODY}.{name}").otherwise(f"{BARE}.{name}").alias(name) for name in _READ
    )
    topic = pl.col("topic").str.to_lowercase()
    by_fields = pl.coalesce(pl.when(holds).then(pl.lit(name)) for name, holds in _BY_FIELDS)
    ping = pl.when(_has("webhook_id")).then(pl.lit("webhook.ping"))
    named = pl.coalesce(
        ping, topic.replace_strict(TOPICS, default=None, return_dtype=pl.String), pl.when(topic.is_null()).then(by_fields)
    )
    when = pl.coalesce(*_WHEN, "delivered_at")
    moment = leaves.value(Leaf.UTC_MOMENT, when)
    prefixes = {name: resource.prefix for name, resource in RESOURCES.items()}
    told = rows.with_columns(named=named, topic=topic, when=when).with_columns(
        counts=pl.col("named").is_in(list(RESOURCES)),
        place=pl.when("delivered").then(pl.lit(BODY)).otherwise(pl.lit(BARE)),
    )
    counts = pl.col("counts").fill_null(False)
    known = told.with_columns(
        at=pl.when(counts).then(moment).otherwise(pl.coalesce(moment, pl.lit(FIRST_MOMENT))),
        event_type=pl.coalesce("topic", "named"),
    ).filter(~pl.col("row").is_in(unread))
    _judge(batch, known, faults)
    whole = rows.select("row").join(known.drop("delivered"), on="row", how="left", maintain_order="left")
    prefix = pl.col("named").replace_strict(prefixes, default="", return_dtype=pl.String)
    return events(
        batch,
        whole.select(
            "at",
            "event_type",
            source_event_id=pl.when(pl.col("delivery_id") != "").then("delivery_id"),
            id_in_source=pl.concat_str(prefix, pl.coalesce("id", "event_type")),
            _kind=pl.when(counts).then(pl.concat_str("named", pl.lit("@"), "place")),
        ),
    )


def _judge(batch: Batch, known: pl.DataFrame, faults: Faults) -> None:
    """`known` are the readable records. What must be said of each: its type, its id, its moment."""
    unknown = known.filter(pl.col("event_type").is_null()).get_column("row")
    shown = batch.records.get_column("payload").gather(unknown).cast(pl.String)
    faults.add_rows(unknown, Code.UNKNOWN_TYPE, None, shown)
    path = pl.concat_str(pl.when(pl.col("place") != BARE).then("place"), pl.lit("."), ignore_nulls=False).fill_null("")
    mapped = known.filter(pl.col("counts").fill_null(False)).with_columns(path=path)
    for missing, field in ((pl.col("id").is_null(), "id"), (pl.col("when").is_null(), "date_created_gmt")):
        rows = mapped.filter(missing)
        faults.add(
            rows.select(
                "row",
                code=pl.lit(Code.MISSING_FIELD.value),
                field=pl.concat_str("path", pl.lit(field)),
                value=pl.lit(None, pl.String),
            )
        )
    undated = mapped.filter(pl.col("when").is_not_null() & pl.col("at").is_null())
    code = leaves.fault_code(Leaf.UTC_MOMENT, pl.col("when"))
    faults.add(undated.select("row", code=code, field=pl.concat_str("path", pl.lit("date_modified_gmt")), value="when"))


ENVELOPE = Envelope(PATHS, read_records)
