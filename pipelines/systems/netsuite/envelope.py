"""What a NetSuite record is: a record of the REST web services with its sub-resources expanded, one a line.

* `{"links": [{"rel": "self", "href": ".../record/v1/invoice/1234"}], "id": "1234", ...}`: the link tells its type;
* `{"recordType": "invoice", "id": "1234", ...}`, as an export by script writes it;
* `{"delivery": {"topic": "invoice", "currency": "USD"}, "body": {...}}`: the type is the topic, and the currency counts
  where the record names none that can be told.
"""

from __future__ import annotations

import polars as pl

from pipelines.systems import leaves
from pipelines.systems.codes import Code
from pipelines.systems.faults import Faults
from pipelines.systems.interface import Batch
from pipelines.systems.json_system import Envelope, events
from pipelines.systems.netsuite.records import BARE, DELIVERED, TRANSACTION
from pipelines.systems.netsuite.types import FAMILIES, KINDS
from pipelines.systems.shape import Leaf

_FIELDS = {
    "id": "id",
    "type": "recordType",
    "self": "links[0].href",
    "at": "lastModifiedDate",
    "made": "createdDate",
}
_PLACES = {BARE: "$.", DELIVERED: "$.body."}
PATHS = {
    "topic": "$.delivery.topic",
    "delivered_at": "$.delivery.at",
    **{f"{place}|{name}": f"{path}{field}" for place, path in _PLACES.items() for name, field in _FIELDS.items()},
}
_TYPE = r"/record/v\d+/(\w+)/"


def read_records(batch: Batch, found: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Records, mapped or unmapped by their type; faults go to `faults`."""
    told = {name: pl.coalesce(f"{place}|{name}" for place in _PLACES) for name in _FIELDS}
    delivered = pl.col("topic").is_not_null() | pl.col(f"{DELIVERED}|id").is_not_null()
    rows = (
        found.with_row_index("row")
        .select(
            "row",
            type=pl.coalesce("topic", told["type"], told["self"].str.extract(_TYPE, 1)),
            place=pl.when(delivered).then(pl.lit(DELIVERED)).otherwise(pl.lit(BARE)),
            id=told["id"],
            moment=pl.coalesce(told["at"], told["made"], "delivered_at"),
        )
        .with_columns(at=leaves.value(Leaf.UTC_MOMENT, pl.col("moment")))
    )
    _judge(rows, faults)
    family = pl.col("type").replace_strict(FAMILIES, default=TRANSACTION, return_dtype=pl.String)
    kind = pl.concat_str("type", pl.lit("|"), "place")
    return events(
        batch,
        rows.select(
            "at",
            event_type="type",
            id_in_source=pl.concat_str(family, pl.lit("/"), "id"),
            _kind=pl.when(kind.is_in(list(KINDS))).then(kind),
        ),
    )


def _judge(rows: pl.DataFrame, faults: Faults) -> None:
    """What cannot be told what it is, or when it was."""

    def report(wrong: pl.Expr, code: Code, field: str, value: str | None = None) -> None:
        of = rows.filter(wrong)
        faults.add_rows(of.get_column("row"), code, field, of.get_column(value) if value else None)

    report(pl.col("type").is_null(), Code.MISSING_FIELD, "recordType")
    report(~pl.col("type").str.contains(r"^\w+$"), Code.WRONG_TYPE, "recordType", "type")
    report(pl.col("id").fill_null("") == "", Code.MISSING_FIELD, "id")
    report(pl.col("id").str.contains(r"^[\[{]"), Code.WRONG_TYPE, "id", "id")
    report(pl.col("moment").is_null(), Code.MISSING_FIELD, "lastModifiedDate")
    undated = rows.filter(pl.col("moment").is_not_null() & pl.col("at").is_null())
    code = leaves.fault_code(Leaf.UTC_MOMENT, pl.col("moment"))
    faults.add(undated.select("row", code=code, field=pl.lit("lastModifiedDate"), value="moment"))


ENVELOPE = Envelope(PATHS, read_records)
