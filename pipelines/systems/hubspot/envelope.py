"""What a HubSpot record is: an object as the CRM API gives it, or a webhook event about one property or the whole object.

* `{"id", "properties": {...}, "updatedAt", "archived", "associations"}`, by itself or as the `body` of a delivery;
* `{"subscriptionType": "deal.propertyChange", "objectId", "propertyName", "propertyValue", "occurredAt"}`, an event a line;
  the generic form says `object.propertyChange` and the type in `objectTypeId`.

An object does not say its type: it is told by the topic of its delivery, an `objectTypeId`, or a property that only its
type has. A webhook's `eventId` is not unique, as HubSpot says, so an event is known by what it says.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.hubspot.objects import DELETION, DELIVERED, EXPORT, TYPE_IDS
from pipelines.systems.hubspot.types import KINDS
from pipelines.systems.identity import Named, judge_identity
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.shape import Leaf

_OWN_PROPERTIES = {
    "deal": ("dealstage", "dealname"),
    "line_item": ("hs_product_id", "quantity", "hs_line_item_currency_code"),
    "ticket": ("hs_pipeline_stage", "hs_ticket_priority"),
    "call": ("hs_call_title", "hs_call_status"),
    "meeting": ("hs_meeting_title", "hs_meeting_outcome"),
    "email": ("hs_email_subject", "hs_email_status"),
    "contact": ("lastmodifieddate", "firstname", "lastname", "email"),
    "company": ("domain", "hs_parent_company_id"),
    "product": ("hs_sku", "hs_product_type", "price"),
}
_OF_OBJECT = ("id", "updatedAt", "createdAt", "objectTypeId", "objectType")
_OF_EVENT = ("subscriptionType", "objectId", "occurredAt", "propertyName")
_PLACES = {EXPORT: "$.", DELIVERED: "$.body."}
PATHS = {
    "topic": "$.delivery.topic",
    "delivered_at": "$.delivery.at",
    **{name: f"$.{name}" for name in _OF_EVENT},
    **{f"{place}.{name}": f"{path}{name}" for place, path in _PLACES.items() for name in _OF_OBJECT},
    **{
        f"{place}.p.{name}": f"{path}properties.{name}"
        for place, path in _PLACES.items()
        for names in _OWN_PROPERTIES.values()
        for name in names
    },
}
_SINGULAR = {
    **TYPE_IDS,
    **{name: name for name in _OWN_PROPERTIES},
    **{f"{name}s": name for name in _OWN_PROPERTIES},
    "companies": "company",
    "line items": "line_item",
}
_DELETIONS = (DELETION, "privacyDeletion")
# The object has become another one or is back, and the event does not say how it is now.
_UNSAID = ("merge", "restore")
_KIND, _ID, _MOMENT = (
    Named("type", "objectTypeId", r"^[\w.-]+$"),
    Named("object", "id"),
    Named("moment", "updatedAt"),
)


def read_records(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Records, mapped or unmapped by their type and what happened; faults go to `faults`."""
    told = pl.col("subscriptionType").is_not_null()
    family = pl.col("subscriptionType").str.extract(r"^(\w+)\.\w+$", 1)
    rows = found.with_row_index("row").with_columns(
        verb=pl.col("subscriptionType").str.extract(r"^\w+\.(\w+)$", 1),
        place=pl.when(pl.col(f"{DELIVERED}.id").is_not_null()).then(pl.lit(DELIVERED)).otherwise(pl.lit(EXPORT)),
    )
    by_number = pl.col(f"{EXPORT}.objectTypeId")
    of_event = pl.when(family == "object").then(_singular(by_number).fill_null(by_number)).otherwise(family)
    rows = rows.with_columns(
        type=pl.when(told).then(of_event).otherwise(_type_of_object()),
        object=pl.when(told).then("objectId").otherwise(_either("id")),
        moment=pl.when(told)
        .then("occurredAt")
        .otherwise(pl.coalesce(_either("updatedAt"), _either("createdAt"), "delivered_at")),
    ).with_columns(at=leaves.value(Leaf.STAMP, pl.col("moment")))
    _judge(rows, told, faults)
    how = pl.when(~told).then("place").when(pl.col("verb").is_in(_DELETIONS)).then(pl.lit(DELETION)).otherwise("verb")
    kind = pl.concat_str("type", pl.lit("|"), how)
    return events(
        batch,
        rows.select(
            "at",
            event_type=pl.when(told).then(pl.concat_str("type", pl.lit("."), "verb")).otherwise("type"),
            id_in_source=pl.concat_str("type", pl.lit("/"), "object"),
            _kind=pl.when(kind.is_in(list(KINDS))).then(kind),
        ),
    )


def _either(name: str) -> pl.Expr:
    return pl.coalesce(f"{DELIVERED}.{name}", f"{EXPORT}.{name}")


def _singular(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().replace_strict(_SINGULAR, default=None, return_dtype=pl.String)


def _type_of_object() -> pl.Expr:
    """By what names the type, else by the first type one of whose own properties is filled."""
    by_property = [
        pl.when(pl.any_horizontal(pl.col(f"{place}.p.{own}").is_not_null() for place in _PLACES for own in names)).then(
            pl.lit(name)
        )
        for name, names in _OWN_PROPERTIES.items()
    ]
    named = [_either("objectTypeId"), _either("objectType"), pl.col("topic")]
    # A topic that is no type we know is the type of something else.
    return pl.coalesce(*(pl.coalesce(_singular(name), name) for name in named), *by_property)


def _judge(rows: pl.DataFrame, told: pl.Expr, faults: Faults) -> None:
    """What cannot be told what it is, of which object, or when it was; and what became of an object that no event says."""
    unreadable = rows.filter(told & pl.col("verb").is_null())
    shown = unreadable.get_column("subscriptionType")
    faults.add_rows(unreadable.get_column("row"), Code.WRONG_TYPE, "subscriptionType", shown)
    judge_identity(rows, faults, _KIND, _ID, _MOMENT, Leaf.STAMP)
    unsaid = rows.filter(pl.col("verb").is_in(_UNSAID) & pl.col("type").is_in(list(_OWN_PROPERTIES)))
    shown = unsaid.get_column("subscriptionType")
    faults.add_rows(unsaid.get_column("row"), Code.INCOMPLETE_CHANGE, "subscriptionType", shown)


ENVELOPE = Envelope(PATHS, read_records)
