"""The envelope of a Stripe record: what every event and every exported object must say, whatever it carries."""

from __future__ import annotations

import polars as pl

from pipelines.systems import json_columns, leaves
from pipelines.systems.codes import Code
from pipelines.systems.envelope import BYTE_ORDER_MARK
from pipelines.systems.faults import Faults
from pipelines.systems.interface import MOMENT, Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.moments import FIRST_MOMENT, moment
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.types import KIND_OF_OBJECT, KIND_OF_TYPE

PATHS = {
    "id": "$.id",
    "type": "$.type",
    "created": "$.created",
    "api_version": "$.api_version",
    "object": "$.object",
    "carried_id": "$.data.object.id",
    "carried": "$.data.object.object",
}
# Looked for in exported objects only: what else tells them apart, and the moments at which they changed.
OF_OBJECTS = {
    "deleted": "$.deleted",
    "identifier": "$.identifier",
    "first": "$.data[0]",
    "updated": "$.updated",
    "date": "$.date",
    "timestamp": "$.timestamp",
    "finalized_at": "$.status_transitions.finalized_at",
    "paid_at": "$.status_transitions.paid_at",
    "voided_at": "$.status_transitions.voided_at",
    "marked_uncollectible_at": "$.status_transitions.marked_uncollectible_at",
    "accepted_at": "$.status_transitions.accepted_at",
    "note_voided_at": "$.voided_at",
    "canceled_at": "$.canceled_at",
    "ended_at": "$.ended_at",
    "released_at": "$.released_at",
    "period_start": "$.current_period_start",
    "item_period_start": "$.items.data[0].current_period_start",
}
_CHANGES = tuple(OF_OBJECTS)[3:]
# A `v2.core.event` is a notice that carries no object; its `created` is ISO 8601.
NOTICE = "v2.core.event"
CONTAINER = r"^[\[{]"
# What an object may be called; a number, a list or an object in its place is no name.
NAME = r"^[a-z][a-z0-9_.]*$"


def read_events(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Events and objects, mapped or unmapped by their type, from what stands at PATHS; faults go to `faults`."""
    rows = found.with_row_index("row").with_columns(exported=_exported())
    if not rows.get_column("exported").any():
        return events(batch, _events(rows, faults))
    of_events = _events(rows.filter(~pl.col("exported")), faults)
    of_objects = _objects(batch, rows.filter("exported"), faults)
    both = pl.concat([of_events, of_objects]).sort("row")
    return events(batch, both)


def _exported() -> pl.Expr:
    """An object that is no event and carries none."""
    an_event = pl.col("id").str.starts_with("evt_").fill_null(False)
    named = ~pl.col("object").is_in(["event", NOTICE, "true", "false"]) & pl.col("object").str.contains(NAME)
    return named.fill_null(False) & ~an_event & pl.col("carried").is_null() & pl.col("carried_id").is_null()


def _events(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    rows = rows.with_columns(
        at=pl.coalesce(
            leaves.value(Leaf.TIME, pl.col("created")),
            pl.when(pl.col("object") == NOTICE).then(moment(pl.col("created")))
            if (rows.get_column("object") == NOTICE).any()
            else pl.lit(None, MOMENT),
        )
    )
    _refuse(faults, rows, "object", pl.col("object").str.contains(CONTAINER))
    for name in ("id", "type", "created"):
        given = rows.get_column(name).replace({"": None}) if name != "created" else rows.get_column(name)
        faults.add_rows(rows.filter(given.is_null()).get_column("row"), Code.MISSING_FIELD, name)
    for name in ("id", "type"):
        _refuse(faults, rows, name, pl.col(name).str.contains(CONTAINER))
    _refuse(faults, rows, "object", ~pl.col("object").is_in(["event", NOTICE]))
    _undated(faults, rows)
    carried = {name: kind.name for name, kind in KIND_OF_TYPE.items()}
    expected = pl.col("type").replace_strict(carried, default=None, return_dtype=pl.String)
    _refuse(faults, rows, "carried", pl.col("carried") != expected, "data.object.object")
    carried_id = leaves.expanded_id(pl.when(~pl.col("carried_id").str.contains(r"^\[|^$")).then("carried_id"))
    return rows.select(
        "row",
        "at",
        "api_version",
        source_event_id=pl.when(~pl.col("id").str.contains(CONTAINER)).then("id"),
        event_type=pl.when(~pl.col("type").str.contains(CONTAINER)).then("type"),
        id_in_source=carried_id,
        _kind=pl.when(pl.col("type").is_in(list(KIND_OF_TYPE))).then("type"),
    )


def _objects(batch: Batch, rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """An object holds from the last moment that it names. It is known by what it says, but a report of usage by its own
    identifier: https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api#idempotency
    """
    payloads = batch.records.get_column("payload").gather(rows.get_column("row"))
    more, _ = json_columns.extract(payloads.cast(pl.String).str.strip_prefix(BYTE_ORDER_MARK), OF_OBJECTS)
    rows = rows.hstack(more).with_columns(pl.col("id", "identifier").replace({"": None}))
    rows = rows.with_columns(
        created=pl.coalesce("created", "date", "timestamp"),
        name=pl.coalesce("id", "identifier"),
        read=pl.col("object").is_in(list(KIND_OF_OBJECT)),
    )
    moments = [leaves.value(Leaf.TIME, pl.col(name)) for name in ("created", *_CHANGES)]
    rows = rows.with_columns(at=pl.coalesce(pl.max_horizontal(moments), moment(pl.col("created"))))
    listed = rows.filter((pl.col("object") == "list") | pl.col("first").is_not_null())
    faults.add_rows(listed.get_column("row"), Code.LIST_OF_RECORDS, "data")
    read = rows.filter("read")
    faults.add_rows(read.filter(pl.col("name").is_null()).get_column("row"), Code.MISSING_FIELD, "id")
    _refuse(faults, read, "name", pl.col("name").str.contains(CONTAINER), "id")
    faults.add_rows(read.filter(pl.col("created").is_null()).get_column("row"), Code.MISSING_FIELD, "created")
    _undated(faults, read)
    deleted = pl.col("deleted") == "true"
    by_identifier = pl.col("identifier").is_not_null() & pl.col("id").is_null() & pl.col("read")
    named = pl.when(~pl.col("name").str.contains(CONTAINER)).then("name")
    return rows.select(
        "row",
        # What is not read may have neither a name nor a date.
        at=pl.when("read").then("at").otherwise(pl.coalesce("at", pl.lit(FIRST_MOMENT, MOMENT))),
        api_version=pl.lit(None, pl.String),
        source_event_id=pl.when(by_identifier).then(pl.concat_str("object", pl.lit(":"), "identifier")),
        event_type=pl.when(deleted).then(pl.concat_str("object", pl.lit(".deleted"))).otherwise("object"),
        id_in_source=pl.when("read").then(named).otherwise(pl.coalesce(named, "object")),
        _kind=pl.when("read").then("object"),
    )


def _undated(faults: Faults, rows: pl.DataFrame) -> None:
    undated = rows.filter(pl.col("created").is_not_null() & pl.col("at").is_null())
    faults.add(
        undated.select(
            "row", code=leaves.fault_code(Leaf.TIME, pl.col("created")), field=pl.lit("created"), value="created"
        )
    )


def _refuse(faults: Faults, rows: pl.DataFrame, name: str, wrong: pl.Expr, field: str | None = None) -> None:
    found = rows.filter(wrong)
    faults.add_rows(found.get_column("row"), Code.WRONG_TYPE, field or name, found.get_column(name))


ENVELOPE = Envelope(PATHS, read_events, content=("data", "object"))
