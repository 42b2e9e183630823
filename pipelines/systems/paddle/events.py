"""The envelope of a Paddle record: a notification, an entity, or an answer of the API about one entity."""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.paddle.types import ENTITY_OF_PREFIX, KINDS, NO_FACTS, SEPARATOR
from pipelines.systems.shape import Leaf

PATHS = {
    "event_id": "$.event_id",
    "event_type": "$.event_type",
    "occurred_at": "$.occurred_at",
    "data.id": "$.data.id",
    "data.action": "$.data.action",
    "data.updated_at": "$.data.updated_at",
    "data.created_at": "$.data.created_at",
    "data.first": "$.data[0]",
    "id": "$.id",
    "action": "$.action",
    "updated_at": "$.updated_at",
    "created_at": "$.created_at",
    "request": "$.meta.request_id",
    "alert_name": "$.alert_name",
}
CONTAINER = r"^[\[{]"
_DATES = ("occurred_at", "data.updated_at", "data.created_at", "updated_at", "created_at")


def read_events(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Events, mapped or unmapped by their type and entity, from what stands at PATHS; faults go to `faults`.

    A notification holds from `occurred_at`, an entity without one from its last change.
    """
    rows = found.with_row_index("row").with_columns(pl.col(name).replace({"": None}) for name in PATHS)
    classic = pl.col("alert_name").is_not_null()
    listed = pl.col("data.first").is_not_null()
    # A run of a simulation has an id of its own and names the type that it simulates.
    notified = pl.col("event_id").is_not_null() | (pl.col("event_type").is_not_null() & pl.col("id").is_null())
    inner = notified | pl.any_horizontal(pl.col("data.id", "request").is_not_null())
    for wrong, code, field in (
        (classic, Code.UNSUPPORTED_VERSION, "alert_name"),
        (listed, Code.LIST_OF_RECORDS, "data.first"),
    ):
        _report(faults, rows.filter(wrong), code, field)
    entities = rows.filter(~classic & ~listed).with_columns(
        place=pl.when(inner).then(pl.lit("data")).otherwise(pl.lit("")),
        notified=notified,
    )
    for name in ("event_id", "event_type", "occurred_at"):
        _report(faults, entities.filter("notified", pl.col(name).is_null()), Code.MISSING_FIELD, name)
    for name, place in (("data.id", "data"), ("id", "")):
        of_place = entities.filter(place=place)
        _report(faults, of_place.filter(pl.col(name).is_null()), Code.MISSING_FIELD, name)
        _report(faults, of_place.filter(pl.col(name).str.contains(CONTAINER)), Code.WRONG_TYPE, name)
    for name in ("event_id", "event_type"):
        _report(faults, rows.filter(pl.col(name).str.contains(CONTAINER)), Code.WRONG_TYPE, name)
    in_data = rows.select(inner).to_series()
    told = rows.with_columns(
        notified=notified,
        place=pl.when(in_data).then(pl.lit("data")).otherwise(pl.lit("")),
        entity_id=pl.when(in_data).then("data.id").otherwise("id"),
        action=pl.when(in_data).then("data.action").otherwise("action"),
        time=pl.when(notified)
        .then("occurred_at")
        .when(in_data)
        .then(pl.coalesce("data.updated_at", "data.created_at"))
        .otherwise(pl.coalesce("updated_at", "created_at")),
    ).with_columns(
        entity_id=pl.when(~pl.col("entity_id").str.contains(CONTAINER)).then("entity_id"),
        at=leaves.value(Leaf.MOMENT, pl.col("time")),
    )
    return events(batch, _typed(told, faults))


def _typed(rows: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """The type of each event and, where it carries facts, its kind; an entity that is not of its event's type is wrong."""
    prefix = pl.col("entity_id").str.extract("^([a-z]+)_")
    entity = prefix.replace_strict(ENTITY_OF_PREFIX, default=None, return_dtype=pl.String)
    named = pl.when("notified", ~pl.col("event_type").str.contains(CONTAINER)).then("event_type")
    typed = rows.with_columns(entity=entity, prefix=prefix, event_type=pl.coalesce(named, entity, prefix))
    family = pl.col("event_type").str.extract(r"^([a-z_]+)")
    kind = pl.concat_str(family, pl.lit(SEPARATOR), "place")
    silent = pl.col("event_type").is_in(list(NO_FACTS)) | pl.col("action").is_in(list(NO_FACTS))
    typed = typed.with_columns(_kind=pl.when(kind.is_in(list(KINDS)) & ~silent.fill_null(False)).then(kind))
    mapped = pl.col("_kind").is_not_null()
    stray = typed.filter(mapped & family.ne_missing(pl.col("entity")))
    field = pl.when(pl.col("place") == "data").then(pl.lit("data.id")).otherwise(pl.lit("id"))
    faults.add(stray.select("row", code=pl.lit(Code.WRONG_TYPE.value), field=field, value="entity_id"))
    nameless = typed.filter(pl.col("event_type").is_null() & pl.col("entity_id").is_not_null())
    faults.add(nameless.select("row", code=pl.lit(Code.NOT_ALLOWED.value), field=field, value="entity_id"))
    undated = typed.filter(pl.col("at").is_null() & pl.col("time").is_not_null())
    when = pl.coalesce(pl.when(pl.col(name) == pl.col("time")).then(pl.lit(name)) for name in _DATES)
    faults.add(undated.select("row", code=leaves.fault_code(Leaf.MOMENT, pl.col("time")), field=when, value="time"))
    timeless = typed.filter(pl.col("at").is_null())
    faults.add_rows(timeless.get_column("row"), Code.MISSING_FIELD, "created_at")
    return typed.select(
        "at",
        "event_type",
        "_kind",
        source_event_id=pl.when(~pl.col("event_id").str.contains(CONTAINER)).then("event_id"),
        id_in_source="entity_id",
    )


def _report(faults: Faults, rows: pl.DataFrame, code: Code, field: str) -> None:
    shown = "data" if field == "data.first" else field
    faults.add_rows(rows.get_column("row"), code, shown, rows.get_column(field))


ENVELOPE = Envelope(PATHS, read_events, content=("data",))
