"""The envelope of a Recurly record: a resource, or the notice of a webhook, which carries nothing."""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.recurly.types import KINDS
from pipelines.systems.shape import Leaf

PATHS = {
    "id": "$.id",
    "object": "$.object",
    "updated_at": "$.updated_at",
    "created_at": "$.created_at",
    "object_type": "$.object_type",
    "event_type": "$.event_type",
    "event_time": "$.event_time",
    "first": "$.data[0]",
}
CONTAINER = r"^[\[{]"


def read_events(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Resources, mapped or unmapped by what they are, and notices; faults go to `faults`."""
    rows = found.with_row_index("row").with_columns(pl.col("id", "object", "object_type", "event_type").replace({"": None}))
    notice = pl.col("object").is_null() & pl.col("object_type").is_not_null() & pl.col("event_type").is_not_null()
    rows = rows.with_columns(
        notice=notice,
        time=pl.when(notice)
        .then(pl.coalesce("event_time", "updated_at", "created_at"))
        .otherwise(pl.coalesce("updated_at", "created_at")),
    ).with_columns(at=leaves.value(Leaf.MOMENT, pl.col("time")))
    listed = rows.filter((pl.col("object") == "list") | pl.col("first").is_not_null())
    faults.add_rows(listed.get_column("row"), Code.LIST_OF_RECORDS, "data")
    resources = rows.filter(~pl.col("notice"))
    for name in ("object", "id"):
        faults.add_rows(resources.filter(pl.col(name).is_null()).get_column("row"), Code.MISSING_FIELD, name)
        wrong = resources.filter(pl.col(name).str.contains(CONTAINER))
        faults.add_rows(wrong.get_column("row"), Code.WRONG_TYPE, name, wrong.get_column(name))
    for name in ("object_type", "event_type"):
        wrong = rows.filter("notice", pl.col(name).str.contains(CONTAINER))
        faults.add_rows(wrong.get_column("row"), Code.WRONG_TYPE, name, wrong.get_column(name))
    field = pl.when("notice").then(pl.lit("event_time")).otherwise(pl.lit("updated_at"))
    undated = rows.filter(pl.col("at").is_null())
    code = (
        pl.when(pl.col("time").is_null())
        .then(pl.lit(Code.MISSING_FIELD.value))
        .otherwise(leaves.fault_code(Leaf.MOMENT, pl.col("time")))
    )
    faults.add(undated.select("row", code=code, field=field, value="time"))
    told = pl.concat_str("object_type", pl.lit("."), "event_type")
    return events(
        batch,
        rows.select(
            "at",
            event_type=pl.when("notice").then(told).otherwise("object"),
            id_in_source=pl.when(~pl.col("id").str.contains(CONTAINER)).then("id").otherwise(pl.when("notice").then(told)),
            _kind=pl.when(~pl.col("notice") & pl.col("object").is_in(list(KINDS))).then("object"),
        ),
    )


ENVELOPE = Envelope(PATHS, read_events)
