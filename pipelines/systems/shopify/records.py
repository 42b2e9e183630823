"""What a Shopify record is: its place, its type, its moment and its identity.

A webhook says its topic in the delivery envelope; a REST answer stands under its name; a bare object is known by its
global id (payloads since 2018) or by fields that only its type has. A webhook's own id is the id of the event. A record
without one is known by what it says, dated by when the object was last changed, so that an export read again is a repeat.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import json_columns, leaves
from pipelines.systems.codes import Code
from pipelines.systems.envelope import BYTE_ORDER_MARK
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.moments import FIRST_MOMENT
from pipelines.systems.shape import Leaf
from pipelines.systems.shop_records import BARE, BODY
from pipelines.systems.shopify.types import GLOBAL_IDS, LISTS, RESOURCES, TOPICS, UNMAPPED

PATHS = {"topic": "$.delivery.topic", "webhook_id": "$.delivery.id", "delivered_at": "$.delivery.at"}

# Looked for in the object, wherever it stands.
_WHEN = ("updated_at", "finalized_on", "processed_at", "created_at", "initiated_at", "date")
_TELLING = (
    *("financial_status", "invoice_url", "kind", "gateway", "order_id", "net", "amount", "payment_method", "restock"),
    *("service", "status", "verified_email", "product_type", "product_id", "option1", "inventory_item_id", "location_id"),
    *("tracked", "last_characters"),
)
_INSIDE = ("id", "admin_graphql_api_id", "test", *_WHEN, *_TELLING, "order_edit.id", "transactions[0].test")


def _has(*names: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_not_null() for name in names)


# The first that holds. Only bare objects of before 2018 need it, and types that never had a global id.
_BY_FIELDS: tuple[tuple[str, pl.Expr], ...] = (
    ("order", _has("financial_status")),
    ("draft_order", _has("invoice_url")),
    ("transaction", _has("kind", "gateway", "order_id")),
    ("balance_transaction", _has("net", "amount")),
    ("tender_transaction", _has("payment_method", "order_id", "amount")),
    ("refund", _has("restock", "order_id")),
    ("fulfillment", _has("service", "order_id")),
    ("dispute", _has("initiated_at", "status")),
    ("customer", _has("verified_email")),
    ("product", _has("product_type", "id") & ~_has("product_id")),
    ("variant", _has("option1", "id")),
    ("inventory_level", _has("inventory_item_id", "location_id")),
    ("inventory_item", _has("tracked", "id")),
    ("gift_card", _has("last_characters", "id")),
    ("payout", _has("date", "status", "amount")),
)
_GLOBAL_ID = r"^gid://shopify/(\w+)/"
_SNAKE = r"([a-z0-9])([A-Z])"


def read_records(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Records, mapped or unmapped by what they are; what cannot be told goes to `faults`."""
    rows = found.with_row_index("row").with_columns(pl.col("topic").str.to_lowercase())
    unread = faults.first().get_column("row").implode()
    sound = rows.filter(~pl.col("row").is_in(unread))
    texts = batch.records.get_column("payload").gather(sound.get_column("row")).cast(pl.String)
    texts = texts.str.strip_prefix(BYTE_ORDER_MARK)
    placed = sound.with_columns(_place(texts), text=texts)
    parts = placed.partition_by("place", maintain_order=True) or [placed]
    told = pl.concat(
        _told(part, _inside(part.get_column("text"), str(part.get_column("place").first() or BARE))) for part in parts
    )
    _judge(told, faults)
    whole = rows.select("row").join(told, on="row", how="left", maintain_order="left")
    return events(
        batch,
        whole.select(
            "at",
            "event_type",
            "_kind",
            "id_in_source",
            source_event_id=pl.when(pl.col("webhook_id") != "").then("webhook_id"),
        ),
    )


def _place(texts: pl.Series) -> pl.Series:
    """Where the object stands: in the body of a delivery, under a name, or bare."""
    keys = json_columns.keys(texts)
    frame = pl.DataFrame({"keys": keys})
    only = pl.when(pl.col("keys").list.len() == 1).then(pl.col("keys").list.first())
    named = [resource.wrapper or resource.name for resource in RESOURCES.values()]
    wrapped = only.is_in([*named, *LISTS, *UNMAPPED])
    delivered = pl.col("keys").list.contains("delivery") & pl.col("keys").list.contains(BODY)
    return frame.select(
        place=pl.when(delivered).then(pl.lit(BODY)).when(wrapped).then(only).otherwise(pl.lit(BARE))
    ).to_series()


def _inside(texts: pl.Series, place: str) -> pl.DataFrame:
    """What stands at the telling paths of the object."""
    before = f"$.{place}." if place else "$."
    return json_columns.extract(texts, {name: f"{before}{name}" for name in _INSIDE})[0]


def _told(rows: pl.DataFrame, inside: pl.DataFrame) -> pl.DataFrame:
    """`row`, place, event_type, `_kind`, `at`, id_in_source, webhook_id, and `undated`, the moment that is none."""
    frame = rows.hstack(inside)
    place = pl.col("place")
    named = {
        resource.wrapper or name: name for name, resource in RESOURCES.items() if resource.name != "balance_transaction"
    }
    gid = pl.col("admin_graphql_api_id").str.extract(_GLOBAL_ID)
    by_fields = pl.coalesce(pl.when(holds).then(pl.lit(name)) for name, holds in _BY_FIELDS)
    by_name = place.replace_strict(named, default=None, return_dtype=pl.String)
    # Both kinds of transactions stand under the same name.
    by_name = (
        pl.when((by_name == "transaction") & pl.col("net").is_not_null())
        .then(pl.lit("balance_transaction"))
        .otherwise(by_name)
    )
    by_topic = pl.col("topic").replace_strict(TOPICS, default=None, return_dtype=pl.String)
    by_gid = gid.replace_strict(GLOBAL_IDS, default=None, return_dtype=pl.String)
    delivered_unmapped = pl.when(pl.col("topic").is_not_null() & by_topic.is_null()).then("topic")
    of_no_revenue = pl.coalesce(
        delivered_unmapped,
        place.replace_strict(UNMAPPED, default=None, return_dtype=pl.String),
        pl.when(by_gid.is_null()).then(gid.str.replace_all(_SNAKE, "${1}_${2}").str.to_lowercase()),
    )
    typed = frame.with_columns(
        other=of_no_revenue,
        type=pl.coalesce(by_topic, by_name, pl.when(of_no_revenue.is_null()).then(pl.coalesce(by_gid, by_fields))),
    )
    test = (pl.col("test") == "true") | (pl.col("transactions[0].test") == "true")
    edit = pl.col("order_edit.id").is_not_null()
    counts = pl.col("type").is_not_null() & ~(test | edit).fill_null(False)
    # The moment of the first field that is there: a later one would date a record whose date is wrong.
    when = pl.coalesce(*_WHEN, "delivered_at")
    moment = leaves.value(Leaf.MOMENT, when)
    prefix = pl.col("type").replace_strict(
        {name: resource.prefix for name, resource in RESOURCES.items()}, default="", return_dtype=pl.String
    )
    own = (
        pl.when(pl.col("type") == "inventory_level")
        .then(pl.concat_str("inventory_item_id", pl.lit(":"), "location_id"))
        .otherwise("id")
    )
    return typed.select(
        "row",
        "place",
        "text",
        "webhook_id",
        event_type=pl.coalesce("topic", "type", "other"),
        _kind=pl.when(counts).then(pl.concat_str("type", pl.lit("@"), "place")),
        # A record of no revenue may have no moment; it is then dated by the first there is, which no rule reads.
        at=pl.when(counts).then(moment).otherwise(pl.coalesce(moment, pl.lit(FIRST_MOMENT))),
        id_in_source=pl.concat_str(prefix, pl.coalesce(own, "type", "other")),
        when=when,
        nameless=counts & own.is_null(),
        timeless=counts & when.is_null(),
        undated=counts & when.is_not_null() & moment.is_null(),
        unknown=pl.coalesce("type", "other").is_null(),
    )


def _judge(told: pl.DataFrame, faults: Faults) -> None:
    lists = told.filter(pl.col("place").is_in(list(LISTS)))
    faults.add_rows(lists.get_column("row"), Code.LIST_OF_RECORDS, "The record")
    unknown = told.filter(pl.col("unknown") & ~pl.col("place").is_in(list(LISTS)))
    faults.add_rows(unknown.get_column("row"), Code.UNKNOWN_TYPE, None, unknown.get_column("text"))
    for missing, field in (("nameless", "id"), ("timeless", "created_at")):
        rows = told.filter(missing).select("row", field=_field(field))
        faults.add(rows.select("row", "field", code=pl.lit(Code.MISSING_FIELD.value), value=pl.lit(None, pl.String)))
    undated = told.filter("undated")
    code = leaves.fault_code(Leaf.MOMENT, pl.col("when"))
    faults.add(undated.select("row", code=code, field=_field("updated_at"), value="when"))


def _field(name: str) -> pl.Expr:
    """Path of a field from the top of the record."""
    return pl.concat_str(pl.when(pl.col("place") != BARE).then("place"), pl.lit(name), separator=".", ignore_nulls=True)


ENVELOPE = Envelope(PATHS, read_records)
