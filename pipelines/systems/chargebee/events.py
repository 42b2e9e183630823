"""The envelope of a Chargebee record: an event, an answer of the API about one object, or a bare object."""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.chargebee.types import ANSWER, EVENT, OBJECTS
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.shape import Leaf

# When an object last changed; it may stand under its name.
_CHANGED = ("updated_at", "created_at", "usage_date", "date")
_ANSWERED = tuple(f"{name}.{field}" for name in OBJECTS for field in _CHANGED)
PATHS = {
    "id": "$.id",
    "event_type": "$.event_type",
    "occurred_at": "$.occurred_at",
    "api_version": "$.api_version",
    "object": "$.object",
    "first": "$.list[0]",
    **{f"{name}.id": f"$.{name}.id" for name in OBJECTS},
    **{path: f"$.{path}" for path in (*_ANSWERED, *_CHANGED)},
}
CONTAINER = r"^[\[{]"


def read_events(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Events and objects from what stands at PATHS; faults go to `faults`. An object holds from its last change."""
    answers = [f"{name}.id" for name in OBJECTS]
    rows = found.with_row_index("row").with_columns(pl.col("id", "event_type", "object", *answers).replace({"": None}))
    is_event = (pl.col("object") == "event").fill_null(False) | pl.col("event_type").is_not_null()
    answered = ~is_event & pl.any_horizontal(pl.col(answers).is_not_null())
    listed = ~is_event & pl.col("first").is_not_null()
    bare = ~is_event & ~answered & ~listed
    rows = rows.with_columns(is_event=is_event, answered=answered, bare=bare)
    faults.add_rows(rows.filter(listed).get_column("row"), Code.LIST_OF_RECORDS, "list")
    old = rows.filter("is_event", pl.col("api_version") == "v1")
    faults.add_rows(old.get_column("row"), Code.UNSUPPORTED_VERSION, "api_version", old.get_column("api_version"))
    for name, needed in (("id", "is_event"), ("event_type", "is_event"), ("occurred_at", "is_event"), ("object", "bare")):
        faults.add_rows(rows.filter(needed, pl.col(name).is_null()).get_column("row"), Code.MISSING_FIELD, name)
    for name in ("id", "event_type", "object"):
        wrong = rows.filter(~pl.col("answered"), pl.col(name).str.contains(CONTAINER))
        faults.add_rows(wrong.get_column("row"), Code.WRONG_TYPE, name, wrong.get_column(name))
    return events(batch, _told(rows, faults))


def _told(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    named = pl.coalesce(pl.when(pl.col(f"{name}.id").is_not_null()).then(pl.lit(name)) for name in OBJECTS)
    kind = (
        pl.when("is_event")
        .then(pl.lit(EVENT))
        .when("answered")
        .then(pl.lit(ANSWER))
        .when("bare", pl.col("object").is_in(list(OBJECTS)))
        .then("object")
    )
    time = (
        pl.when("is_event")
        .then("occurred_at")
        .when("answered")
        .then(pl.coalesce(_ANSWERED))
        .otherwise(pl.coalesce(_CHANGED))
    )
    told = rows.with_columns(
        _kind=kind,
        time=time,
        event_type=pl.when("is_event").then("event_type").when("answered").then(named).otherwise("object"),
    ).with_columns(at=leaves.value(Leaf.TIME, pl.col("time")))
    field = pl.when("is_event").then(pl.lit("occurred_at")).otherwise(pl.lit("updated_at"))
    undated = told.filter(pl.col("at").is_null() & pl.col("time").is_not_null())
    faults.add(undated.select("row", code=leaves.fault_code(Leaf.TIME, pl.col("time")), field=field, value="time"))
    faults.add_rows(told.filter(pl.col("at").is_null()).get_column("row"), Code.MISSING_FIELD, "updated_at")
    one_type = pl.when(~pl.col("event_type").str.contains(CONTAINER)).then("event_type")
    own = pl.when("is_event", ~pl.col("id").str.contains(CONTAINER)).then("id")
    bare = pl.when("bare", ~pl.col("id").str.contains(CONTAINER)).then("id")
    return told.select(
        "at",
        "_kind",
        api_version=pl.when(~pl.col("api_version").str.contains(CONTAINER)).then("api_version"),
        event_type=one_type,
        source_event_id=own,
        id_in_source=pl.coalesce(bare, pl.when(pl.col("_kind").is_null()).then("object")),
    )


ENVELOPE = Envelope(PATHS, read_events, content=("content",))
