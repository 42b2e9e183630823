"""The envelope of a Stripe event: what every record must say, whatever it carries."""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import MOMENT, Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.moments import moment
from pipelines.systems.shape import Leaf
from pipelines.systems.stripe.types import KIND_OF_TYPE

PATHS = {
    "id": "$.id",
    "type": "$.type",
    "created": "$.created",
    "api_version": "$.api_version",
    "object": "$.object",
    "carried_id": "$.data.object.id",
    "carried": "$.data.object.object",
}
# A `v2.core.event` is a notice that carries no object; its `created` is ISO 8601.
NOTICE = "v2.core.event"
CONTAINER = r"^[\[{]"


def read_events(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Events, mapped or unmapped by their type, from what stands at PATHS; faults go to `faults`."""
    rows = found.with_row_index("row").with_columns(
        at=pl.coalesce(
            leaves.value(Leaf.TIME, pl.col("created")),
            pl.when(pl.col("object") == NOTICE).then(moment(pl.col("created")))
            if (found.get_column("object") == NOTICE).any()
            else pl.lit(None, MOMENT),
        )
    )
    for name in ("id", "type", "created"):
        given = rows.get_column(name).replace({"": None}) if name != "created" else rows.get_column(name)
        faults.add_rows(rows.filter(given.is_null()).get_column("row"), Code.MISSING_FIELD, name)
    for name in ("id", "type"):
        _refuse(faults, rows, name, pl.col(name).str.contains(CONTAINER))
    _refuse(faults, rows, "object", ~pl.col("object").is_in(["event", NOTICE]))
    undated = rows.filter(pl.col("created").is_not_null() & pl.col("at").is_null())
    faults.add(
        undated.select(
            "row", code=leaves.fault_code(Leaf.TIME, pl.col("created")), field=pl.lit("created"), value="created"
        )
    )
    carried = {name: kind.name for name, kind in KIND_OF_TYPE.items()}
    expected = pl.col("type").replace_strict(carried, default=None, return_dtype=pl.String)
    _refuse(faults, rows, "carried", pl.col("carried") != expected, "data.object.object")
    carried_id = leaves.expanded_id(pl.when(~pl.col("carried_id").str.contains(r"^\[|^$")).then("carried_id"))
    return events(
        batch,
        rows.select(
            "at",
            "api_version",
            source_event_id=pl.when(~pl.col("id").str.contains(CONTAINER)).then("id"),
            event_type=pl.when(~pl.col("type").str.contains(CONTAINER)).then("type"),
            id_in_source=carried_id,
            _kind=pl.when(pl.col("type").is_in(list(KIND_OF_TYPE))).then("type"),
        ),
    )


def _refuse(faults: Faults, rows: pl.DataFrame, name: str, wrong: pl.Expr, field: str | None = None) -> None:
    found = rows.filter(wrong)
    faults.add_rows(found.get_column("row"), Code.WRONG_TYPE, field or name, found.get_column(name))


ENVELOPE = Envelope(PATHS, read_events, content=("data", "object"))
