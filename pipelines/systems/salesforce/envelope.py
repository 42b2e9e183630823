"""What a Salesforce record is: an exported object, or a change event in one of three wrappings.

* Pub/Sub API, decoded: `{"id", "replayId", "payload": {"ChangeEventHeader": ..., fields}}`;
* CometD: `{"channel", "data": {"payload": ..., "event": {"replayId"}}}`;
* the payload by itself;
* an object as the REST and Bulk APIs give it, one a line: `{"attributes": {"type": "Account"}, "Id": ..., fields}`.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.salesforce.records import EVENT_PLACES, EXPORT, HEADER
from pipelines.systems.salesforce.types import ENTITIES
from pipelines.systems.shape import Leaf

_OF_HEADER = (
    *("entityName", "recordIds", "changeType", "changedFields"),
    *("commitTimestamp", "commitNumber", "transactionKey", "sequenceNumber"),
)
_STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
PATHS = {
    "id": "$.id",
    "type": "$.attributes.type",
    "record": "$.Id",
    **{stamp: f"$.{stamp}" for stamp in _STAMPS},
    **{
        f"{place}.{name}": f"$.{path}.{HEADER}.{name}".replace("$..", "$.")
        for place, path in EVENT_PLACES.items()
        for name in _OF_HEADER
    },
}
CHANGES = ("CREATE", "UPDATE", "DELETE", "UNDELETE")
# What happened is known, only not by whom it was told: https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_other_events_gap.htm
GAP, GAP_DELETE = "GAP_", "GAP_DELETE"
_BITMAP = r'"(\d+-)?0x[0-9A-Fa-f]+"'


def read_records(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Records, mapped or unmapped by their object and change; faults go to `faults`."""
    header = {name: pl.coalesce(f"{place}.{name}" for place in EVENT_PLACES) for name in _OF_HEADER}
    rows = found.with_row_index("row").select(
        "row",
        "id",
        "type",
        "record",
        *(expression.alias(name) for name, expression in header.items()),
        stamp=pl.coalesce(*_STAMPS),
        place=pl.coalesce(
            pl.when(pl.col(f"{place}.entityName").is_not_null()).then(pl.lit(place)) for place in EVENT_PLACES
        ),
    )
    told = pl.col("place").is_not_null()
    rows = rows.with_columns(
        entity=pl.when(told).then("entityName").otherwise("type"),
        moment=pl.when(told).then("commitTimestamp").otherwise("stamp"),
        place=pl.col("place").fill_null(EXPORT),
    ).with_columns(at=leaves.value(Leaf.STAMP, pl.col("moment")))
    told = pl.col("place") != EXPORT
    _judge(rows, told, faults)
    gone = pl.col("changeType") == GAP_DELETE
    reads = pl.concat_str("entity", pl.lit("|"), "place")
    mapped = pl.col("entity").is_in(list(ENTITIES))
    return events(
        batch,
        rows.select(
            "at",
            source_event_id=pl.when(told).then(_event_id()),
            event_type=pl.when(told)
            .then(pl.format("{}.{}", "entity", pl.when(gone).then(pl.lit("DELETE")).otherwise("changeType")))
            .otherwise("entity"),
            id_in_source=pl.when(told).then(pl.col("recordIds").str.extract(r'^\[\s*"([^"\\]+)"')).otherwise("record"),
            source_sequence=leaves.value(Leaf.COUNT, pl.when(told).then("commitNumber")),
            _kind=pl.when(mapped).then(reads),
        ),
    )


def _judge(rows: pl.DataFrame, told: pl.Expr, faults: Faults) -> None:
    """What cannot be told what it is, when it was, or what it changed."""
    _report(faults, rows.filter(pl.col("entity").is_null()), Code.MISSING_FIELD, "attributes.type")
    _report(faults, rows.filter(~pl.col("entity").str.contains(r"^\w+$")), Code.WRONG_TYPE, "entityName", "entity")
    _report(faults, rows.filter(~told & pl.col("record").is_null()), Code.MISSING_FIELD, "Id")
    undated = rows.filter(pl.col("at").is_null())
    for which, name in ((told, f"{HEADER}.commitTimestamp"), (~told, _STAMPS[0])):
        of = undated.filter(which)
        _report(faults, of.filter(pl.col("moment").is_null()), Code.MISSING_FIELD, name)
        wrong = of.filter(pl.col("moment").is_not_null())
        code = leaves.fault_code(Leaf.STAMP, pl.col("moment"))
        faults.add(wrong.select("row", code=code, field=pl.lit(name), value="moment"))
    events_ = rows.filter(told)
    kind, read = f"{HEADER}.changeType", pl.col("entity").is_in(list(ENTITIES))
    _report(faults, events_.filter(pl.col("changeType").is_null()), Code.MISSING_FIELD, kind)
    gap = pl.col("changeType").str.starts_with(GAP) & (pl.col("changeType") != GAP_DELETE)
    strange = ~gap & ~pl.col("changeType").is_in([*CHANGES, GAP_DELETE])
    _report(faults, events_.filter(strange), Code.NOT_ALLOWED, kind, "changeType")
    _report(
        faults,
        events_.filter(gap & (read | (pl.col("changeType") == "GAP_OVERFLOW"))),
        Code.INCOMPLETE_CHANGE,
        kind,
        "changeType",
    )
    changed = f"{HEADER}.changedFields"
    updates = events_.filter((pl.col("changeType") == "UPDATE") & read)
    _report(faults, updates.filter(pl.col("changedFields").is_null()), Code.MISSING_FIELD, changed)
    # The Pub/Sub API packs the names into bitmaps, which its clients unpack by the schema of the event.
    packed = updates.filter(pl.col("changedFields").str.contains(_BITMAP))
    _report(faults, packed, Code.NOT_ALLOWED, changed, "changedFields")


def _report(faults: Faults, rows: pl.DataFrame, code: Code, field: str, value: str | None = None) -> None:
    faults.add_rows(rows.get_column("row"), code, field, rows.get_column(value) if value else None)


def _event_id() -> pl.Expr:
    """The id that the Pub/Sub API gives an event; the place in its transaction where it came another way."""
    given = pl.when(~pl.col("id").str.contains(r"^[\[{]|^$")).then("id")
    return pl.coalesce(given, pl.concat_str("entity", pl.lit(":"), "transactionKey", pl.lit(":"), "sequenceNumber"))


ENVELOPE = Envelope(PATHS, read_records)
