"""Fields of a block that are new: by the keys at the top of each record and of the objects that its system reads from.

Measured: looking at every Stripe event costs a tenth of its normalising. So of a large block of an open source a part is
looked at, evenly; of a source that refuses or discards fields, and of small blocks, every record.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

import polars as pl

from lakehouse.store import Lakehouse
from lakehouse.tables import ops
from pipelines.schema.policy import Policy, known_fields, policy_of
from pipelines.systems import json_columns
from pipelines.systems.codes import Code
from pipelines.systems.interface import Batch, Normalised, System, containers_of

LOOKED_AT = 2048
ACCEPTED = ("first", "new")
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array", type(None): "null"}


class _Known:
    """What this process knows of a source: its policy and its fields."""

    def __init__(self, lake: Lakehouse, source: str) -> None:
        self.policy = policy_of(lake, source)
        self.fields = {tuple(row) for row in known_fields(lake, source).iter_rows()}
        self.types = {event_type for event_type, _ in self.fields}


_sources: dict[tuple[str, str], _Known] = {}
_lock = threading.Lock()


def forget(lake: Lakehouse, source: str) -> None:
    """Read the policy and the fields anew: they were changed."""
    with _lock:
        _sources.pop((lake.root, source), None)


def _known(lake: Lakehouse, source: str) -> _Known:
    with _lock:
        if (lake.root, source) not in _sources:
            _sources[lake.root, source] = _Known(lake, source)
        return _sources[lake.root, source]


def watch(lake: Lakehouse, system: System, batch: Batch, normalised: Normalised, batch_id: str) -> Normalised:
    """Tell of new fields in `ops.schema_drift`, and reject the records that may not have them."""
    known = _known(lake, batch.source)
    seen = _fields(batch, normalised, system, None if known.policy.closed else LOOKED_AT)
    listed = set(known.policy.fields)
    new = [
        row
        for row in seen.fields.iter_rows(named=True)
        if (row["event_type"], row["path"]) not in known.fields and row["path"] not in listed
    ]
    if not new:
        return normalised
    told = [
        {
            **row,
            "source": batch.source,
            "batch_id": batch_id,
            "status": _status(row, known),
            "example_type": _type_of(batch, row),
            "looked_at": seen.looked_at,
            "first_seen_at": batch.received_at,
        }
        for row in new
    ]
    rows = pl.DataFrame(told).drop("example")
    lake.append(ops.SCHEMA_DRIFT, ops.SCHEMA_DRIFT.conform(rows))
    accepted = {(row["event_type"], row["path"]) for row in told if row["status"] in ACCEPTED}
    known.fields |= accepted
    known.types |= {event_type for event_type, _ in accepted}
    return refuse(batch, normalised, system, rows.filter(pl.col("status") == "refused"))


def judge(lake: Lakehouse, system: System, batch: Batch) -> Normalised:
    """What becomes of records that are judged again: those of a frozen source whose fields are not known go on waiting."""
    normalised = system.normalise(batch)
    known = _Known(lake, batch.source)
    if not known.policy.closed:
        return normalised
    seen = _fields(batch, normalised, system, None).fields
    fields = pl.DataFrame(sorted(known.fields), schema=["event_type", "path"], orient="row", strict=False)
    new = seen.join(fields.cast(pl.String), on=["event_type", "path"], how="anti")
    new = new.filter(~pl.col("path").is_in(list(known.policy.fields)))
    frozen = [name for name in new.get_column("event_type").unique() if known.policy.of(name) is Policy.FREEZE]
    return refuse(batch, normalised, system, new.filter(pl.col("event_type").is_in(frozen)))


def _status(row: dict[str, Any], known: _Known) -> str:
    policy = known.policy.of(row["event_type"])
    if policy is Policy.EVOLVE:
        return "new" if row["event_type"] in known.types else "first"
    return "refused" if policy is Policy.FREEZE else "discarded"


@dataclass(frozen=True)
class _Seen:
    """`fields`: event_type, path, count, and the place of an example; how many records were looked at."""

    fields: pl.DataFrame
    looked_at: int


def _records(batch: Batch, normalised: Normalised, most: int | None = None) -> pl.DataFrame:
    """`row`, `event_type` and `text` of the records that were read, or of about so many of them."""
    events = normalised.events.select("event_type", "code").with_row_index("row").filter(pl.col("code").is_null())
    if most and events.height > most:
        events = events.gather_every(-(-events.height // most))
    payloads = batch.records.get_column("payload").gather(events.get_column("row"))
    return events.select("row", "event_type", text=payloads.cast(pl.String).str.strip_prefix("\ufeff"))


def _fields(batch: Batch, normalised: Normalised, system: System, most: int | None) -> _Seen:
    records = _records(batch, normalised, most)
    by_field = _keys(records, system).group_by("event_type", "path")
    fields = by_field.agg(count=pl.len().cast(pl.Int64), example=pl.col("row").min())
    return _Seen(fields.sort("event_type", "path"), records.height)


def _keys(records: pl.DataFrame, system: System) -> pl.DataFrame:
    """`row`, `event_type` and `path`, a row a field."""
    places = ["", *containers_of(system)]
    found = json_columns.keys_at(records.get_column("text"), [f"$.{place}".rstrip(".") for place in places])
    frames = []
    for place, names in zip(places, found, strict=True):
        prefix = f"{place}." if place else ""
        named = records.select("row", "event_type").with_columns(names.alias("path")).explode("path").drop_nulls("path")
        frames.append(named.with_columns(path=pl.concat_str(pl.lit(prefix), "path")))
    return pl.concat(frames)


def _type_of(batch: Batch, row: dict[str, Any]) -> str:
    """The JSON type of a field in the record where it was first seen."""
    found: Any = json.loads(batch.records.item(row["example"], "payload"))
    path = row["path"]
    while path:
        if isinstance(found, dict) and path in found:
            return TYPES[type(found[path])]
        step, _, path = path.partition(".")
        found = found.get(step) if isinstance(found, dict) else None
    return TYPES[type(found)]


def refuse(batch: Batch, normalised: Normalised, system: System, new: pl.DataFrame) -> Normalised:
    """The same without the facts of records that have one of the fields (event_type, path), which are rejected."""
    if new.is_empty():
        return normalised
    types = new.select("event_type").unique()
    concerned = _records(batch, normalised).join(types, on="event_type", how="semi", maintain_order="left")
    found = _keys(concerned, system).join(new, on=["event_type", "path"], how="semi")
    having = found.group_by("row").agg(pl.col("path").min())
    code = Code.NEW_FIELD
    told = having.select(
        pl.col("row").cast(pl.UInt32),
        new_code=pl.lit(code.value),
        new_message=pl.col("path").map_elements(code.message, pl.String),
        new_remedy=pl.lit(code.remedy),
    )
    events = normalised.events.with_row_index("row").join(told, on="row", how="left", maintain_order="left")
    refused = pl.col("new_code").is_not_null()
    said = ["source_event_id", "content_hash"]
    # Another record of the block may say the same and have no such field.
    gone = events.filter(refused).select(said).join(events.filter(~refused).select(said), on=said, how="anti")
    judged = events.with_columns(
        disposition=pl.when(refused).then(pl.lit("rejected")).otherwise("disposition"),
        content_hash=pl.when(~refused).then("content_hash"),
        fact_count=pl.when(refused).then(pl.lit(0, pl.Int64)).otherwise("fact_count"),
        **{name: pl.coalesce(f"new_{name}", name) for name in ("code", "message", "remedy")},
    ).select(normalised.events.columns)
    facts = {name: frame.join(gone, on=said, how="anti") for name, frame in normalised.facts.items()}
    return Normalised(judged, {name: frame for name, frame in facts.items() if frame.height})
